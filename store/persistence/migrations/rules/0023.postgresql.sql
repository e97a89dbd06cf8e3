-- foreign_digests_are_never_deleted
CREATE FUNCTION foreign_digests_are_never_deleted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN RAISE EXCEPTION 'a value is brought along once' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- foreign_digests_are_never_deleted
CREATE TRIGGER foreign_digests_are_never_deleted BEFORE DELETE ON foreign_digests FOR EACH ROW EXECUTE FUNCTION foreign_digests_are_never_deleted()
-- foreign_digests_are_never_updated
CREATE FUNCTION foreign_digests_are_never_updated() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN RAISE EXCEPTION 'a value is brought along once' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- foreign_digests_are_never_updated
CREATE TRIGGER foreign_digests_are_never_updated BEFORE UPDATE ON foreign_digests FOR EACH ROW EXECUTE FUNCTION foreign_digests_are_never_updated()
-- foreign_digests_are_never_replaced
CREATE FUNCTION foreign_digests_are_never_replaced() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF EXISTS (SELECT 1 FROM foreign_digests WHERE digest = NEW.digest) THEN RAISE EXCEPTION 'a value is brought along once' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- foreign_digests_are_never_replaced
CREATE TRIGGER foreign_digests_are_never_replaced BEFORE INSERT ON foreign_digests FOR EACH ROW EXECUTE FUNCTION foreign_digests_are_never_replaced()
-- foreign_digests_is_never_emptied
CREATE FUNCTION foreign_digests_is_never_emptied() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN RAISE EXCEPTION 'a value is brought along once' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- foreign_digests_is_never_emptied
CREATE TRIGGER foreign_digests_is_never_emptied BEFORE TRUNCATE ON foreign_digests FOR EACH STATEMENT EXECUTE FUNCTION foreign_digests_is_never_emptied()
