-- connections_are_never_deleted
CREATE FUNCTION connections_are_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'connections are never deleted' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- connections_are_never_deleted
CREATE TRIGGER connections_are_never_deleted BEFORE DELETE ON connections FOR EACH ROW EXECUTE FUNCTION connections_are_never_deleted()
-- connections_are_never_replaced
CREATE FUNCTION connections_are_never_replaced() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF EXISTS (SELECT 1 FROM connections WHERE id = NEW.id) THEN RAISE EXCEPTION 'a connection''s id is given once' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- connections_are_never_replaced
CREATE TRIGGER connections_are_never_replaced BEFORE INSERT ON connections FOR EACH ROW EXECUTE FUNCTION connections_are_never_replaced()
-- connections_stay_revoked
CREATE FUNCTION connections_stay_revoked() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at OR NEW.revoked_by IS DISTINCT FROM OLD.revoked_by) THEN RAISE EXCEPTION 'a revocation is final' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- connections_stay_revoked
CREATE TRIGGER connections_stay_revoked BEFORE UPDATE ON connections FOR EACH ROW EXECUTE FUNCTION connections_stay_revoked()
-- connections_keep_their_identity
CREATE FUNCTION connections_keep_their_identity() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.id IS DISTINCT FROM OLD.id OR NEW.workspace_id IS DISTINCT FROM OLD.workspace_id OR NEW.client_id IS DISTINCT FROM OLD.client_id OR NEW.resource IS DISTINCT FROM OLD.resource OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.approved_by IS DISTINCT FROM OLD.approved_by THEN RAISE EXCEPTION 'a connection''s identity is fixed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- connections_keep_their_identity
CREATE TRIGGER connections_keep_their_identity BEFORE UPDATE ON connections FOR EACH ROW EXECUTE FUNCTION connections_keep_their_identity()
-- connections_is_never_emptied
CREATE FUNCTION connections_is_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'connections are never deleted' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- connections_is_never_emptied
CREATE TRIGGER connections_is_never_emptied BEFORE TRUNCATE ON connections FOR EACH STATEMENT EXECUTE FUNCTION connections_is_never_emptied()
