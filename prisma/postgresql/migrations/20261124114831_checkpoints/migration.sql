-- CreateTable
CREATE TABLE "Checkpoint" (
    "size" BIGINT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "origin" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "verifierKey" TEXT NOT NULL,
    "peaks" JSONB NOT NULL,

    CONSTRAINT "Checkpoint_pkey" PRIMARY KEY ("size")
);
