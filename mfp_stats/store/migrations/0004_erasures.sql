-- Submissions that were erased: by the digest of their instance id, so that they are known when
-- they come again, and by the receipt code that was asked about; nothing that was answered.
-- respondent is the number that the person had in respondents; it is given to nobody else, and
-- null where the erasure came from the journal to a database that lacked them.
-- scrubbed: whether the file was written anew since, so that no byte of the answers is left in it.
CREATE TABLE erasures (
    instance VARCHAR PRIMARY KEY,
    survey VARCHAR NOT NULL,
    receipt VARCHAR NOT NULL,
    erased TIMESTAMP NOT NULL,
    respondent INTEGER,
    scrubbed BOOLEAN NOT NULL
);
