CREATE TABLE reading (
    code text NOT NULL REFERENCES station ON DELETE CASCADE,
    at timestamptz NOT NULL,
    celsius double precision NOT NULL,
    PRIMARY KEY (code, at)
);
