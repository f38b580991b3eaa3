-- Rows are only ever added. Times are UTC. JSON is kept as the text it came in.

CREATE TABLE surveys (
    id INTEGER PRIMARY KEY,
    name VARCHAR NOT NULL UNIQUE
);

-- A published version never changes; every respondent points at the one they answered.
CREATE TABLE questionnaire_versions (
    id INTEGER PRIMARY KEY,
    survey INTEGER NOT NULL,
    hash VARCHAR NOT NULL UNIQUE,
    document VARCHAR NOT NULL,
    published TIMESTAMP NOT NULL
);

CREATE TABLE items (
    version INTEGER NOT NULL,
    position SMALLINT NOT NULL,
    name VARCHAR NOT NULL,
    type VARCHAR NOT NULL
);

-- position is the key that responses, numbers and texts carry.
CREATE TABLE parts (
    version INTEGER NOT NULL,
    position SMALLINT NOT NULL,
    item VARCHAR NOT NULL,
    part VARCHAR NOT NULL
);

CREATE TABLE options (
    version INTEGER NOT NULL,
    item VARCHAR NOT NULL,
    code SMALLINT NOT NULL,
    name VARCHAR NOT NULL
);

CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    survey INTEGER NOT NULL,
    version INTEGER NOT NULL,
    file VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    mapping VARCHAR NOT NULL,
    respondents INTEGER NOT NULL,
    answers BIGINT NOT NULL,
    imported TIMESTAMP NOT NULL,
    imported_by VARCHAR NOT NULL,
    program VARCHAR NOT NULL
);

CREATE TABLE withdrawals (
    import INTEGER PRIMARY KEY,
    reason VARCHAR NOT NULL,
    withdrawn TIMESTAMP NOT NULL
);

-- One row per respondent × wave. import is null for what came through the web form.
-- No key here or below: checking one per row would make a large import several times slower.
-- The one writer checks the whole sheet against what is stored before it adds anything.
CREATE TABLE respondents (
    id INTEGER NOT NULL,
    survey INTEGER NOT NULL,
    version INTEGER NOT NULL,
    import INTEGER,
    respondent VARCHAR NOT NULL,
    wave VARCHAR NOT NULL,
    weight DOUBLE,
    arms VARCHAR,
    shown VARCHAR,
    submitted TIMESTAMP
);

-- code < 0 is the reason why an answer is missing; 0 for an answered number or text.
CREATE TABLE responses (
    respondent INTEGER NOT NULL,
    position SMALLINT NOT NULL,
    code SMALLINT NOT NULL
);

CREATE TABLE numbers (
    respondent INTEGER NOT NULL,
    position SMALLINT NOT NULL,
    number DOUBLE NOT NULL
);

CREATE TABLE texts (
    respondent INTEGER NOT NULL,
    position SMALLINT NOT NULL,
    text VARCHAR NOT NULL
);

CREATE TABLE submissions (
    instance_id VARCHAR PRIMARY KEY,
    respondent INTEGER NOT NULL,
    digest VARCHAR NOT NULL,
    started TIMESTAMP NOT NULL,
    received TIMESTAMP NOT NULL,
    consent VARCHAR NOT NULL,
    paradata VARCHAR NOT NULL
);

CREATE TABLE fits (
    id VARCHAR PRIMARY KEY,
    survey VARCHAR NOT NULL,
    manifest VARCHAR NOT NULL,
    recorded TIMESTAMP NOT NULL
);

-- A job's newest event is its state.
CREATE TABLE job_events (
    id INTEGER PRIMARY KEY,
    job VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    recorded TIMESTAMP NOT NULL
);

-- hash covers the row and the hash before it, so a row changed or removed later shows.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    recorded TIMESTAMP NOT NULL,
    action VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    hash VARCHAR NOT NULL
);

CREATE VIEW standing_respondents AS
SELECT * FROM respondents
WHERE import IS NULL OR import NOT IN (SELECT import FROM withdrawals);

-- Every answer with its names, in the codes of the version it was given under.
CREATE VIEW named_responses AS
SELECT
    surveys.name AS survey,
    versions.hash AS questionnaire,
    people.respondent,
    people.wave,
    parts.item,
    parts.part,
    items.type,
    responses.code,
    options.name AS option,
    numbers.number,
    texts.text
FROM responses
JOIN standing_respondents AS people ON people.id = responses.respondent
JOIN surveys ON surveys.id = people.survey
JOIN questionnaire_versions AS versions ON versions.id = people.version
JOIN parts ON parts.version = people.version AND parts.position = responses.position
JOIN items ON items.version = people.version AND items.name = parts.item
LEFT JOIN options
    ON options.version = people.version AND options.item = parts.item
    AND options.code = responses.code AND items.type IN ('select_one', 'best_worst')
LEFT JOIN numbers
    ON numbers.respondent = responses.respondent AND numbers.position = responses.position
LEFT JOIN texts
    ON texts.respondent = responses.respondent AND texts.position = responses.position;
