-- audit_is_never_deleted
CREATE FUNCTION audit_is_never_deleted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF NOT EXISTS (SELECT 1 FROM audit AS told WHERE told.workspace_id = OLD.workspace_id AND told.action = 'audit.archived' AND told.seq > OLD.seq AND CAST(told.subject AS bigint) >= OLD.seq AND CAST(told.subject AS bigint) < told.seq) THEN RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END$$
-- audit_is_never_deleted
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_never_deleted()
-- audit_counts_by_one
CREATE FUNCTION audit_counts_by_one() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF NEW.seq IS NULL OR NEW.seq < 1 OR EXISTS (SELECT 1 FROM audit WHERE workspace_id = NEW.workspace_id AND seq >= NEW.seq) OR (EXISTS (SELECT 1 FROM audit WHERE workspace_id = NEW.workspace_id) AND NOT EXISTS (SELECT 1 FROM audit WHERE workspace_id = NEW.workspace_id AND seq = NEW.seq - 1)) THEN RAISE EXCEPTION 'the audit counts by one' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- audit_counts_by_one
CREATE TRIGGER audit_counts_by_one BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_counts_by_one()
