CREATE TABLE small_files (
  sha256 TEXT NOT NULL,
  content BYTEA NOT NULL,
  CONSTRAINT pk_small_files PRIMARY KEY (sha256)
)

CREATE TRIGGER small_files_no_update BEFORE UPDATE ON small_files FOR EACH ROW EXECUTE FUNCTION enablement_refuse('a file never changes')

CREATE TRIGGER small_files_no_delete BEFORE DELETE ON small_files FOR EACH ROW EXECUTE FUNCTION enablement_refuse('files are kept')

CREATE TRIGGER small_files_no_truncate BEFORE TRUNCATE ON small_files FOR EACH STATEMENT EXECUTE FUNCTION enablement_refuse('small_files are kept')
