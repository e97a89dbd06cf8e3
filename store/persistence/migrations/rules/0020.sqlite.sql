-- audit_counts_by_one
CREATE TRIGGER audit_counts_by_one BEFORE INSERT ON audit WHEN NEW.seq IS NULL OR NEW.seq < 1 OR NEW.seq <> COALESCE((SELECT max(seq) FROM audit WHERE workspace_id = NEW.workspace_id AND seq < 9223372036854775807) + 1, NEW.seq) BEGIN SELECT RAISE(ABORT, 'the audit counts by one'); END
