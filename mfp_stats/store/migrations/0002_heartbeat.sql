-- One row: when the store last proved that it can write.
CREATE TABLE heartbeat (beaten TIMESTAMP NOT NULL);
