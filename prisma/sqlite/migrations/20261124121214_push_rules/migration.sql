-- CreateTable
CREATE TABLE "PushRule" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "pattern" TEXT NOT NULL,
    "effect" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "subjectId" TEXT,
    "note" TEXT,
    "createdAt" DATETIME NOT NULL
);
