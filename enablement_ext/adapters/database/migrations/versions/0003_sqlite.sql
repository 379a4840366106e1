CREATE TABLE small_files (
  sha256 TEXT NOT NULL,
  content BLOB NOT NULL,
  CONSTRAINT pk_small_files PRIMARY KEY (sha256)
)

CREATE TRIGGER small_files_no_update BEFORE UPDATE ON small_files BEGIN SELECT RAISE(ABORT, 'a file never changes'); END

CREATE TRIGGER small_files_no_delete BEFORE DELETE ON small_files BEGIN SELECT RAISE(ABORT, 'files are kept'); END
