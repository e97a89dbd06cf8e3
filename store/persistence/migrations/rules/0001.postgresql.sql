-- keys_are_never_deleted
CREATE FUNCTION keys_are_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'keys are never deleted' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- keys_are_never_deleted
CREATE TRIGGER keys_are_never_deleted BEFORE DELETE ON keys FOR EACH ROW EXECUTE FUNCTION keys_are_never_deleted()
-- keys_are_never_replaced
CREATE FUNCTION keys_are_never_replaced() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF EXISTS (SELECT 1 FROM keys WHERE id = NEW.id) THEN RAISE EXCEPTION 'a key id is given once' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- keys_are_never_replaced
CREATE TRIGGER keys_are_never_replaced BEFORE INSERT ON keys FOR EACH ROW EXECUTE FUNCTION keys_are_never_replaced()
-- keys_stay_revoked
CREATE FUNCTION keys_stay_revoked() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at OR NEW.revoked_by IS DISTINCT FROM OLD.revoked_by) THEN RAISE EXCEPTION 'a revocation is final' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- keys_stay_revoked
CREATE TRIGGER keys_stay_revoked BEFORE UPDATE ON keys FOR EACH ROW EXECUTE FUNCTION keys_stay_revoked()
-- keys_keep_their_identity
CREATE FUNCTION keys_keep_their_identity() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.id IS DISTINCT FROM OLD.id OR NEW.workspace_id IS DISTINCT FROM OLD.workspace_id OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.created_by IS DISTINCT FROM OLD.created_by THEN RAISE EXCEPTION 'a key''s identity is fixed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- keys_keep_their_identity
CREATE TRIGGER keys_keep_their_identity BEFORE UPDATE ON keys FOR EACH ROW EXECUTE FUNCTION keys_keep_their_identity()
-- keys_keep_a_confirmed_secret
CREATE FUNCTION keys_keep_a_confirmed_secret() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.digest IS DISTINCT FROM OLD.digest AND (OLD.confirmed_at IS NOT NULL OR OLD.revoked_at IS NOT NULL) THEN RAISE EXCEPTION 'a confirmed key keeps its secret' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- keys_keep_a_confirmed_secret
CREATE TRIGGER keys_keep_a_confirmed_secret BEFORE UPDATE ON keys FOR EACH ROW EXECUTE FUNCTION keys_keep_a_confirmed_secret()
-- audit_is_never_updated
CREATE FUNCTION audit_is_never_updated() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- audit_is_never_updated
CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_never_updated()
-- audit_is_never_deleted
CREATE FUNCTION audit_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- audit_is_never_deleted
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_never_deleted()
-- audit_is_never_replaced
CREATE FUNCTION audit_is_never_replaced() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF EXISTS (SELECT 1 FROM audit WHERE id = NEW.id OR (workspace_id = NEW.workspace_id AND seq = NEW.seq)) THEN RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- audit_is_never_replaced
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_never_replaced()
-- revision_only_rises
CREATE FUNCTION revision_only_rises() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.value < OLD.value OR NEW.id <> OLD.id THEN RAISE EXCEPTION 'the revision only rises' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- revision_only_rises
CREATE TRIGGER revision_only_rises BEFORE UPDATE ON revision FOR EACH ROW EXECUTE FUNCTION revision_only_rises()
-- revision_stays
CREATE FUNCTION revision_stays() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'the revision only rises' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- revision_stays
CREATE TRIGGER revision_stays BEFORE DELETE ON revision FOR EACH ROW EXECUTE FUNCTION revision_stays()
-- keys_is_never_emptied
CREATE FUNCTION keys_is_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'keys are never deleted' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- keys_is_never_emptied
CREATE TRIGGER keys_is_never_emptied BEFORE TRUNCATE ON keys FOR EACH STATEMENT EXECUTE FUNCTION keys_is_never_emptied()
-- audit_is_never_emptied
CREATE FUNCTION audit_is_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- audit_is_never_emptied
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_never_emptied()
-- revision_is_never_emptied
CREATE FUNCTION revision_is_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'the revision only rises' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- revision_is_never_emptied
CREATE TRIGGER revision_is_never_emptied BEFORE TRUNCATE ON revision FOR EACH STATEMENT EXECUTE FUNCTION revision_is_never_emptied()
