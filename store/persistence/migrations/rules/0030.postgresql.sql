-- keys_keep_their_identity
CREATE FUNCTION keys_keep_their_identity() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF NEW.id IS DISTINCT FROM OLD.id OR NEW.workspace_id IS DISTINCT FROM OLD.workspace_id OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.created_by IS DISTINCT FROM OLD.created_by OR NEW.lineage IS DISTINCT FROM OLD.lineage THEN RAISE EXCEPTION 'a key''s identity is fixed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- keys_keep_their_identity
CREATE TRIGGER keys_keep_their_identity BEFORE UPDATE ON keys FOR EACH ROW EXECUTE FUNCTION keys_keep_their_identity()
