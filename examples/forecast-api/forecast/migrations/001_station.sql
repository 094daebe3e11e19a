CREATE TABLE station (
    code text PRIMARY KEY,
    name text NOT NULL,
    zone text NOT NULL,
    metres integer NOT NULL
);
