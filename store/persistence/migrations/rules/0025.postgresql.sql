-- foreign_digests_are_never_updated
CREATE FUNCTION foreign_digests_are_never_updated() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF NEW.digest IS DISTINCT FROM OLD.digest OR NEW.workspace_id IS DISTINCT FROM OLD.workspace_id OR NEW.key_id IS DISTINCT FROM OLD.key_id OR NEW.hash IS DISTINCT FROM OLD.hash OR NEW.guard IS DISTINCT FROM OLD.guard OR OLD.guard IS NULL OR OLD.arrived IS NOT NULL THEN RAISE EXCEPTION 'a value is brought along once' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- foreign_digests_are_never_updated
CREATE TRIGGER foreign_digests_are_never_updated BEFORE UPDATE ON foreign_digests FOR EACH ROW EXECUTE FUNCTION foreign_digests_are_never_updated()
