-- Fits and jobs are known by their folders (data/fits, data/jobs); these tables were never filled.
-- Answers with their names are read through Store.responses; nothing read the view.
DROP TABLE fits;
DROP TABLE job_events;
DROP VIEW named_responses;
