-- CreateTable
CREATE TABLE "PushRule" (
    "id" TEXT NOT NULL,
    "pattern" TEXT NOT NULL,
    "effect" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "subjectId" TEXT,
    "note" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "PushRule_pkey" PRIMARY KEY ("id")
);
