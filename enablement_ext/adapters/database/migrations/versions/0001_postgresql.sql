CREATE TABLE chain_head (
  id INTEGER NOT NULL,
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT one_row CHECK (id = 1)
)

CREATE TABLE submissions (
  number BIGINT NOT NULL,
  author TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  stage TEXT NOT NULL,
  handed_over TEXT NOT NULL,
  notebook_path TEXT NOT NULL,
  image_slug TEXT NOT NULL,
  image_release TEXT NOT NULL,
  image_digest TEXT NOT NULL,
  image_python TEXT NOT NULL,
  latest INTEGER NOT NULL,
  content_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_seq BIGINT NOT NULL,
  stamp BIGINT NOT NULL,
  claim_by TEXT,
  claim_since BIGINT,
  claim_expires_at BIGINT,
  open_threads INTEGER NOT NULL,
  waiting_seq BIGINT NOT NULL,
  search_text TEXT NOT NULL,
  unclaimed_seq BIGINT GENERATED ALWAYS AS (CASE WHEN state = 'submitted' AND claim_by IS NULL THEN waiting_seq END) STORED,
  reviewed_seq BIGINT GENERATED ALWAYS AS (CASE WHEN state IN ('submitted', 'in_review', 'changes_requested', 'approved') THEN waiting_seq END) STORED,
  PRIMARY KEY (number),
  CONSTRAINT state_known CHECK (state IN ('submitted', 'in_review', 'changes_requested', 'approved', 'handed_off', 'in_production', 'retired', 'withdrawn', 'rejected')),
  CONSTRAINT stage_known CHECK (stage IN ('exploration', 'active_research', 'model_development', 'production', 'launch_and_maintenance')),
  CONSTRAINT handed_over_known CHECK (handed_over IN ('prototype', 'production_ready')),
  CONSTRAINT numbers_positive CHECK (number >= 1 AND latest >= 1 AND stamp >= 1 AND open_threads >= 0),
  CONSTRAINT claim_whole CHECK ((claim_by IS NULL AND claim_since IS NULL AND claim_expires_at IS NULL) OR (claim_by IS NOT NULL AND claim_since IS NOT NULL AND claim_expires_at IS NOT NULL))
)

CREATE UNIQUE INDEX ix_submissions_claimed ON submissions (claim_by, waiting_seq) WHERE claim_by IS NOT NULL

CREATE INDEX ix_submissions_lapse ON submissions (claim_expires_at, number) WHERE claim_expires_at IS NOT NULL

CREATE UNIQUE INDEX ix_submissions_reviewed ON submissions (reviewed_seq) WHERE reviewed_seq IS NOT NULL

CREATE UNIQUE INDEX ix_submissions_reviewed_own ON submissions (author, reviewed_seq) WHERE reviewed_seq IS NOT NULL

CREATE UNIQUE INDEX ix_submissions_sent ON submissions (author, updated_seq)

CREATE INDEX ix_submissions_sent_path ON submissions (author, notebook_path, updated_seq)

CREATE INDEX ix_submissions_unclaimed ON submissions (unclaimed_seq, author) WHERE unclaimed_seq IS NOT NULL

CREATE TABLE attention (
  who TEXT NOT NULL,
  since_seq BIGINT NOT NULL,
  submission BIGINT NOT NULL,
  since BIGINT NOT NULL,
  author TEXT NOT NULL,
  CONSTRAINT pk_attention PRIMARY KEY (who, since_seq),
  CONSTRAINT uq_attention_turn UNIQUE (submission, who),
  CONSTRAINT fk_attention_submission FOREIGN KEY(submission) REFERENCES submissions (number)
)

CREATE TABLE events (
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  submission BIGINT,
  version INTEGER,
  data TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (seq),
  CONSTRAINT uq_events_previous UNIQUE (previous),
  CONSTRAINT uq_events_hash UNIQUE (hash),
  CONSTRAINT fk_events_submission FOREIGN KEY(submission) REFERENCES submissions (number) DEFERRABLE INITIALLY DEFERRED
)

CREATE INDEX ix_events_submission ON events (submission, seq)

CREATE TABLE versions (
  submission BIGINT NOT NULL,
  number INTEGER NOT NULL,
  content_id TEXT NOT NULL,
  notebook TEXT NOT NULL,
  files TEXT NOT NULL,
  image_slug TEXT NOT NULL,
  image_release TEXT NOT NULL,
  image_digest TEXT NOT NULL,
  image_python TEXT NOT NULL,
  answers TEXT NOT NULL,
  git TEXT,
  changes TEXT NOT NULL,
  sent_at BIGINT NOT NULL,
  sent_by TEXT NOT NULL,
  CONSTRAINT pk_versions PRIMARY KEY (submission, number),
  CONSTRAINT uq_versions_content UNIQUE (submission, number, content_id),
  CONSTRAINT version_positive CHECK (number >= 1),
  CONSTRAINT fk_versions_submission FOREIGN KEY(submission) REFERENCES submissions (number)
)

CREATE INDEX ix_versions_content ON versions (content_id, submission, number)

CREATE TABLE decisions (
  id BIGINT NOT NULL,
  submission BIGINT NOT NULL,
  version INTEGER NOT NULL,
  content_id TEXT NOT NULL,
  track TEXT NOT NULL,
  verdict TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  fallen_because TEXT,
  PRIMARY KEY (id),
  CONSTRAINT fk_decisions_content FOREIGN KEY(submission, version, content_id) REFERENCES versions (submission, number, content_id),
  CONSTRAINT verdict_known CHECK (verdict IN ('approve', 'request_changes', 'reject'))
)

CREATE INDEX ix_decisions_submission ON decisions (submission, id)

CREATE TABLE receipts (
  author TEXT NOT NULL,
  key TEXT NOT NULL,
  body_sha256 TEXT NOT NULL,
  submission BIGINT NOT NULL,
  version INTEGER NOT NULL,
  content_id TEXT NOT NULL,
  notebook_sha256 TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  title TEXT NOT NULL,
  CONSTRAINT pk_receipts PRIMARY KEY (author, key),
  CONSTRAINT fk_receipts_content FOREIGN KEY(submission, version, content_id) REFERENCES versions (submission, number, content_id) DEFERRABLE INITIALLY DEFERRED
)

CREATE TABLE threads (
  id BIGINT NOT NULL,
  submission BIGINT NOT NULL,
  version INTEGER NOT NULL,
  anchor TEXT NOT NULL,
  resolved_by TEXT,
  resolved_at BIGINT,
  PRIMARY KEY (id),
  CONSTRAINT fk_threads_version FOREIGN KEY(submission, version) REFERENCES versions (submission, number),
  CONSTRAINT resolved_whole CHECK ((resolved_by IS NULL) = (resolved_at IS NULL))
)

CREATE INDEX ix_threads_submission ON threads (submission, id)

CREATE TABLE comments (
  id BIGINT NOT NULL,
  thread BIGINT NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT fk_comments_thread FOREIGN KEY(thread) REFERENCES threads (id)
)

CREATE INDEX ix_comments_thread ON comments (thread, id)

CREATE FUNCTION enablement_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$

CREATE FUNCTION enablement_gapless() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events) THEN RAISE EXCEPTION USING MESSAGE = 'events have no gaps', ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER events_no_update BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION enablement_refuse('events are append-only')

CREATE TRIGGER events_no_delete BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION enablement_refuse('events are append-only')

CREATE TRIGGER versions_no_update BEFORE UPDATE ON versions FOR EACH ROW EXECUTE FUNCTION enablement_refuse('a version never changes')

CREATE TRIGGER versions_no_delete BEFORE DELETE ON versions FOR EACH ROW EXECUTE FUNCTION enablement_refuse('a version never changes')

CREATE TRIGGER receipts_no_update BEFORE UPDATE ON receipts FOR EACH ROW EXECUTE FUNCTION enablement_refuse('a receipt never changes')

CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts FOR EACH ROW EXECUTE FUNCTION enablement_refuse('a receipt never changes')

CREATE TRIGGER decisions_no_update BEFORE UPDATE OF submission, version, content_id, track, verdict, decided_by, reason, decided_at ON decisions FOR EACH ROW EXECUTE FUNCTION enablement_refuse('a decision never changes')

CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION enablement_refuse('a decision never changes')

CREATE TRIGGER submissions_no_update BEFORE UPDATE OF number, author, created_at ON submissions FOR EACH ROW EXECUTE FUNCTION enablement_refuse('author and creation of a submission never change')

CREATE TRIGGER submissions_no_delete BEFORE DELETE ON submissions FOR EACH ROW EXECUTE FUNCTION enablement_refuse('submissions are kept')

CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION enablement_refuse('events are kept')

CREATE TRIGGER versions_no_truncate BEFORE TRUNCATE ON versions FOR EACH STATEMENT EXECUTE FUNCTION enablement_refuse('versions are kept')

CREATE TRIGGER receipts_no_truncate BEFORE TRUNCATE ON receipts FOR EACH STATEMENT EXECUTE FUNCTION enablement_refuse('receipts are kept')

CREATE TRIGGER decisions_no_truncate BEFORE TRUNCATE ON decisions FOR EACH STATEMENT EXECUTE FUNCTION enablement_refuse('decisions are kept')

CREATE TRIGGER submissions_no_truncate BEFORE TRUNCATE ON submissions FOR EACH STATEMENT EXECUTE FUNCTION enablement_refuse('submissions are kept')

CREATE TRIGGER events_gapless BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION enablement_gapless()

INSERT INTO chain_head (id, seq, hash) VALUES (1, 0, '')
