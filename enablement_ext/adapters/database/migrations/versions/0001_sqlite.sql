CREATE TABLE chain_head (
  id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT one_row CHECK (id = 1)
)

CREATE TABLE submissions (
  number INTEGER NOT NULL,
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
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_seq INTEGER NOT NULL,
  stamp INTEGER NOT NULL,
  claim_by TEXT,
  claim_since INTEGER,
  claim_expires_at INTEGER,
  open_threads INTEGER NOT NULL,
  waiting_seq INTEGER NOT NULL,
  search_text TEXT NOT NULL,
  unclaimed_seq INTEGER GENERATED ALWAYS AS (CASE WHEN state = 'submitted' AND claim_by IS NULL THEN waiting_seq END) STORED,
  reviewed_seq INTEGER GENERATED ALWAYS AS (CASE WHEN state IN ('submitted', 'in_review', 'changes_requested', 'approved') THEN waiting_seq END) STORED,
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
  since_seq INTEGER NOT NULL,
  submission INTEGER NOT NULL,
  since INTEGER NOT NULL,
  author TEXT NOT NULL,
  CONSTRAINT pk_attention PRIMARY KEY (who, since_seq),
  CONSTRAINT uq_attention_turn UNIQUE (submission, who),
  CONSTRAINT fk_attention_submission FOREIGN KEY(submission) REFERENCES submissions (number)
)
 WITHOUT ROWID

CREATE TABLE events (
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  submission INTEGER,
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
  submission INTEGER NOT NULL,
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
  sent_at INTEGER NOT NULL,
  sent_by TEXT NOT NULL,
  CONSTRAINT pk_versions PRIMARY KEY (submission, number),
  CONSTRAINT uq_versions_content UNIQUE (submission, number, content_id),
  CONSTRAINT version_positive CHECK (number >= 1),
  CONSTRAINT fk_versions_submission FOREIGN KEY(submission) REFERENCES submissions (number)
)

CREATE INDEX ix_versions_content ON versions (content_id, submission, number)

CREATE TABLE decisions (
  id INTEGER NOT NULL,
  submission INTEGER NOT NULL,
  version INTEGER NOT NULL,
  content_id TEXT NOT NULL,
  track TEXT NOT NULL,
  verdict TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  fallen_because TEXT,
  PRIMARY KEY (id),
  CONSTRAINT fk_decisions_content FOREIGN KEY(submission, version, content_id) REFERENCES versions (submission, number, content_id),
  CONSTRAINT verdict_known CHECK (verdict IN ('approve', 'request_changes', 'reject'))
)

CREATE INDEX ix_decisions_submission ON decisions (submission, id)

CREATE TABLE receipts (
  author TEXT NOT NULL,
  "key" TEXT NOT NULL,
  body_sha256 TEXT NOT NULL,
  submission INTEGER NOT NULL,
  version INTEGER NOT NULL,
  content_id TEXT NOT NULL,
  notebook_sha256 TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  title TEXT NOT NULL,
  CONSTRAINT pk_receipts PRIMARY KEY (author, "key"),
  CONSTRAINT fk_receipts_content FOREIGN KEY(submission, version, content_id) REFERENCES versions (submission, number, content_id) DEFERRABLE INITIALLY DEFERRED
)

CREATE TABLE threads (
  id INTEGER NOT NULL,
  submission INTEGER NOT NULL,
  version INTEGER NOT NULL,
  anchor TEXT NOT NULL,
  resolved_by TEXT,
  resolved_at INTEGER,
  PRIMARY KEY (id),
  CONSTRAINT fk_threads_version FOREIGN KEY(submission, version) REFERENCES versions (submission, number),
  CONSTRAINT resolved_whole CHECK ((resolved_by IS NULL) = (resolved_at IS NULL))
)

CREATE INDEX ix_threads_submission ON threads (submission, id)

CREATE TABLE comments (
  id INTEGER NOT NULL,
  thread INTEGER NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT fk_comments_thread FOREIGN KEY(thread) REFERENCES threads (id)
)

CREATE INDEX ix_comments_thread ON comments (thread, id)

CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END

CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END

CREATE TRIGGER versions_no_update BEFORE UPDATE ON versions BEGIN SELECT RAISE(ABORT, 'a version never changes'); END

CREATE TRIGGER versions_no_delete BEFORE DELETE ON versions BEGIN SELECT RAISE(ABORT, 'a version never changes'); END

CREATE TRIGGER receipts_no_update BEFORE UPDATE ON receipts BEGIN SELECT RAISE(ABORT, 'a receipt never changes'); END

CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts BEGIN SELECT RAISE(ABORT, 'a receipt never changes'); END

CREATE TRIGGER decisions_no_update BEFORE UPDATE OF submission, version, content_id, track, verdict, decided_by, reason, decided_at ON decisions BEGIN SELECT RAISE(ABORT, 'a decision never changes'); END

CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'a decision never changes'); END

CREATE TRIGGER submissions_no_update BEFORE UPDATE OF number, author, created_at ON submissions BEGIN SELECT RAISE(ABORT, 'author and creation of a submission never change'); END

CREATE TRIGGER submissions_no_delete BEFORE DELETE ON submissions BEGIN SELECT RAISE(ABORT, 'submissions are kept'); END

CREATE TRIGGER events_gapless BEFORE INSERT ON events WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events) BEGIN SELECT RAISE(ABORT, 'events have no gaps'); END

INSERT INTO chain_head (id, seq, hash) VALUES (1, 0, '')
