-- audit_counts_by_one
CREATE FUNCTION audit_counts_by_one() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF NEW.seq IS NULL OR NEW.seq < 1 OR NEW.seq <> COALESCE((SELECT max(seq) FROM audit WHERE workspace_id = NEW.workspace_id AND seq < 9223372036854775807) + 1, NEW.seq) THEN RAISE EXCEPTION 'the audit counts by one' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- audit_counts_by_one
CREATE TRIGGER audit_counts_by_one BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_counts_by_one()
