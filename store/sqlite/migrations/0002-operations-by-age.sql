-- Operations that ended are forgotten by age.
CREATE INDEX operations_by_age ON operations (accepted_at, id) WHERE open = 0;
