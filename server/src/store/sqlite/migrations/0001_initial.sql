-- The state (contexts, schemas, schema_references, versions, scopes) and the log of how it came
-- about. Append-only: a migration that was released is never edited, the next one changes things.
-- SQLite compares text by bytes, which is the order that lists promise.

-- A context exists from its first registration on. `last_schema_id` only grows, so that no id is
-- used again, not even after its schema was removed.
CREATE TABLE contexts (
    name           TEXT   NOT NULL PRIMARY KEY,
    last_schema_id BIGINT NOT NULL
);

-- Immutable rows: an id stands for one content. `reference_list` is the JSON that is read back
-- with the schema; `schema_references` holds the same facts for finding the referrers.
-- The guid is a hash of the text that does not cover the schema type, hence the type in the key.
CREATE TABLE schemas (
    context        TEXT   NOT NULL REFERENCES contexts (name),
    id             BIGINT NOT NULL,
    schema_type    TEXT   NOT NULL,
    guid           TEXT   NOT NULL,
    text           TEXT   NOT NULL,
    canonical_text TEXT   NOT NULL,
    reference_list TEXT   NOT NULL,
    metadata       TEXT,
    rule_set       TEXT,
    PRIMARY KEY (context, id),
    UNIQUE (context, guid, schema_type)
);
CREATE INDEX schemas_by_guid ON schemas (guid);

-- Targets are not foreign keys: a soft-deleted referrer does not keep its target from being
-- soft-deleted, and the rules of deletion are checked where they can be told to the client.
CREATE TABLE schema_references (
    context        TEXT   NOT NULL,
    schema_id      BIGINT NOT NULL,
    position       BIGINT NOT NULL,
    target_context TEXT   NOT NULL,
    target_subject TEXT   NOT NULL,
    target_version BIGINT NOT NULL,
    PRIMARY KEY (context, schema_id, position),
    FOREIGN KEY (context, schema_id) REFERENCES schemas (context, id)
);
CREATE INDEX schema_references_by_target
    ON schema_references (target_context, target_subject, target_version);

-- `own_text` is the text as sent for this version, where another layout of the same schema was
-- sent first.
CREATE TABLE versions (
    context   TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    version   BIGINT  NOT NULL,
    schema_id BIGINT  NOT NULL,
    own_text  TEXT,
    deleted   BOOLEAN NOT NULL,
    time_ms   BIGINT  NOT NULL,
    PRIMARY KEY (context, subject, version),
    FOREIGN KEY (context, schema_id) REFERENCES schemas (context, id)
);
CREATE INDEX versions_by_schema ON versions (context, schema_id);

-- What is set for all contexts ('all'), for one ('context'), for a subject ('subject'), and what a
-- write locks before it touches the scope. `revision` grows with every change that counts for
-- compatibility. Rows of subjects stay after their last version is gone: a revision must never
-- come again.
CREATE TABLE scopes (
    kind     TEXT   NOT NULL CHECK (kind IN ('all', 'context', 'subject')),
    context  TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    revision BIGINT NOT NULL,
    config   TEXT,
    mode     TEXT,
    PRIMARY KEY (kind, context, subject)
);
INSERT INTO scopes (kind, context, subject, revision) VALUES ('all', '', '', 0);

-- One row: the position of the newest entry. Its lock is the last that a write takes and is held
-- until the commit, which makes positions gap-free and their order that of the commits.
CREATE TABLE log_head (
    id       BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    position BIGINT NOT NULL
);
INSERT INTO log_head (id, position) VALUES (1, 0);

-- One row per change, enough to build the state anew. Rows are never changed.
CREATE TABLE log (
    position BIGINT NOT NULL PRIMARY KEY,
    time_ms  BIGINT NOT NULL,
    actor    TEXT,
    kind     TEXT   NOT NULL,
    scope    TEXT   NOT NULL CHECK (scope IN ('all', 'context', 'subject')),
    context  TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    payload  TEXT   NOT NULL
);
