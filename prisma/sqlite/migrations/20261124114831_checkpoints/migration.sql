-- CreateTable
CREATE TABLE "Checkpoint" (
    "size" BIGINT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "origin" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "verifierKey" TEXT NOT NULL,
    "peaks" JSONB NOT NULL
);
