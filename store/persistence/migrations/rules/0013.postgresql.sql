-- keys_are_never_deleted
CREATE FUNCTION keys_are_never_deleted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN RAISE EXCEPTION 'keys are never deleted' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- keys_are_never_deleted
CREATE TRIGGER keys_are_never_deleted BEFORE DELETE ON keys FOR EACH ROW EXECUTE FUNCTION keys_are_never_deleted()
-- keys_are_never_replaced
CREATE FUNCTION keys_are_never_replaced() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF EXISTS (SELECT 1 FROM keys WHERE id = NEW.id) THEN RAISE EXCEPTION 'a key id is given once' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- keys_are_never_replaced
CREATE TRIGGER keys_are_never_replaced BEFORE INSERT ON keys FOR EACH ROW EXECUTE FUNCTION keys_are_never_replaced()
-- keys_stay_revoked
CREATE FUNCTION keys_stay_revoked() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at OR NEW.revoked_by IS DISTINCT FROM OLD.revoked_by) THEN RAISE EXCEPTION 'a revocation is final' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- keys_stay_revoked
CREATE TRIGGER keys_stay_revoked BEFORE UPDATE ON keys FOR EACH ROW EXECUTE FUNCTION keys_stay_revoked()
-- keys_keep_their_identity
CREATE FUNCTION keys_keep_their_identity() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF NEW.id IS DISTINCT FROM OLD.id OR NEW.workspace_id IS DISTINCT FROM OLD.workspace_id OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.created_by IS DISTINCT FROM OLD.created_by THEN RAISE EXCEPTION 'a key''s identity is fixed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- keys_keep_their_identity
CREATE TRIGGER keys_keep_their_identity BEFORE UPDATE ON keys FOR EACH ROW EXECUTE FUNCTION keys_keep_their_identity()
-- keys_keep_a_confirmed_secret
CREATE FUNCTION keys_keep_a_confirmed_secret() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF NEW.digest IS DISTINCT FROM OLD.digest AND (OLD.confirmed_at IS NOT NULL OR OLD.revoked_at IS NOT NULL) THEN RAISE EXCEPTION 'a confirmed key keeps its secret' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- keys_keep_a_confirmed_secret
CREATE TRIGGER keys_keep_a_confirmed_secret BEFORE UPDATE ON keys FOR EACH ROW EXECUTE FUNCTION keys_keep_a_confirmed_secret()
-- connections_are_never_deleted
CREATE FUNCTION connections_are_never_deleted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN RAISE EXCEPTION 'connections are never deleted' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- connections_are_never_deleted
CREATE TRIGGER connections_are_never_deleted BEFORE DELETE ON connections FOR EACH ROW EXECUTE FUNCTION connections_are_never_deleted()
-- connections_are_never_replaced
CREATE FUNCTION connections_are_never_replaced() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF EXISTS (SELECT 1 FROM connections WHERE id = NEW.id) THEN RAISE EXCEPTION 'a connection''s id is given once' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- connections_are_never_replaced
CREATE TRIGGER connections_are_never_replaced BEFORE INSERT ON connections FOR EACH ROW EXECUTE FUNCTION connections_are_never_replaced()
-- connections_stay_revoked
CREATE FUNCTION connections_stay_revoked() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at OR NEW.revoked_by IS DISTINCT FROM OLD.revoked_by) THEN RAISE EXCEPTION 'a revocation is final' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- connections_stay_revoked
CREATE TRIGGER connections_stay_revoked BEFORE UPDATE ON connections FOR EACH ROW EXECUTE FUNCTION connections_stay_revoked()
-- connections_keep_their_identity
CREATE FUNCTION connections_keep_their_identity() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF NEW.id IS DISTINCT FROM OLD.id OR NEW.workspace_id IS DISTINCT FROM OLD.workspace_id OR NEW.client_id IS DISTINCT FROM OLD.client_id OR NEW.resource IS DISTINCT FROM OLD.resource OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.approved_by IS DISTINCT FROM OLD.approved_by THEN RAISE EXCEPTION 'a connection''s identity is fixed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- connections_keep_their_identity
CREATE TRIGGER connections_keep_their_identity BEFORE UPDATE ON connections FOR EACH ROW EXECUTE FUNCTION connections_keep_their_identity()
-- audit_is_never_updated
CREATE FUNCTION audit_is_never_updated() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- audit_is_never_updated
CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_never_updated()
-- audit_is_never_deleted
CREATE FUNCTION audit_is_never_deleted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- audit_is_never_deleted
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_never_deleted()
-- audit_is_never_replaced
CREATE FUNCTION audit_is_never_replaced() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF EXISTS (SELECT 1 FROM audit WHERE id = NEW.id OR (workspace_id = NEW.workspace_id AND seq = NEW.seq)) THEN RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- audit_is_never_replaced
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_never_replaced()
-- audit_counts_by_one
CREATE FUNCTION audit_counts_by_one() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF NEW.seq IS NULL OR NEW.seq < 1 OR (NEW.seq > 1 AND NOT EXISTS (SELECT 1 FROM audit WHERE workspace_id = NEW.workspace_id AND seq = NEW.seq - 1)) THEN RAISE EXCEPTION 'the audit counts by one' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- audit_counts_by_one
CREATE TRIGGER audit_counts_by_one BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_counts_by_one()
-- revision_only_rises
CREATE FUNCTION revision_only_rises() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF NEW.value < OLD.value OR NEW.value > OLD.value + 1 OR NEW.id <> OLD.id THEN RAISE EXCEPTION 'the revision only rises, by one' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- revision_only_rises
CREATE TRIGGER revision_only_rises BEFORE UPDATE ON revision FOR EACH ROW EXECUTE FUNCTION revision_only_rises()
-- revision_stays
CREATE FUNCTION revision_stays() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN RAISE EXCEPTION 'the revision only rises' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- revision_stays
CREATE TRIGGER revision_stays BEFORE DELETE ON revision FOR EACH ROW EXECUTE FUNCTION revision_stays()
-- changes_are_of_this_revision
CREATE FUNCTION changes_are_of_this_revision() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF NEW.revision <> (SELECT value FROM revision) THEN RAISE EXCEPTION 'a change is noted down when it is made' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$
-- changes_are_of_this_revision
CREATE TRIGGER changes_are_of_this_revision BEFORE INSERT ON changes FOR EACH ROW EXECUTE FUNCTION changes_are_of_this_revision()
-- changes_are_kept_for_verifiers
CREATE FUNCTION changes_are_kept_for_verifiers() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN IF OLD.revision > (SELECT value FROM revision) - 10000 THEN RAISE EXCEPTION 'a change stays until every verifier has heard of it' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END$$
-- changes_are_kept_for_verifiers
CREATE TRIGGER changes_are_kept_for_verifiers BEFORE DELETE ON changes FOR EACH ROW EXECUTE FUNCTION changes_are_kept_for_verifiers()
-- keys_is_never_emptied
CREATE FUNCTION keys_is_never_emptied() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN RAISE EXCEPTION 'keys are never deleted' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- keys_is_never_emptied
CREATE TRIGGER keys_is_never_emptied BEFORE TRUNCATE ON keys FOR EACH STATEMENT EXECUTE FUNCTION keys_is_never_emptied()
-- connections_is_never_emptied
CREATE FUNCTION connections_is_never_emptied() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN RAISE EXCEPTION 'connections are never deleted' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- connections_is_never_emptied
CREATE TRIGGER connections_is_never_emptied BEFORE TRUNCATE ON connections FOR EACH STATEMENT EXECUTE FUNCTION connections_is_never_emptied()
-- audit_is_never_emptied
CREATE FUNCTION audit_is_never_emptied() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- audit_is_never_emptied
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_never_emptied()
-- revision_is_never_emptied
CREATE FUNCTION revision_is_never_emptied() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$BEGIN RAISE EXCEPTION 'the revision only rises' USING ERRCODE = 'integrity_constraint_violation'; END$$
-- revision_is_never_emptied
CREATE TRIGGER revision_is_never_emptied BEFORE TRUNCATE ON revision FOR EACH STATEMENT EXECUTE FUNCTION revision_is_never_emptied()
-- keys_tell
CREATE FUNCTION keys_tell() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE reached bigint;
BEGIN
    IF (NEW.id, NEW.name, NEW.digest, NEW.pepper, NEW.scopes, NEW.expires_at, NEW.revoked_at) IS DISTINCT FROM (OLD.id, OLD.name, OLD.digest, OLD.pepper, OLD.scopes, OLD.expires_at, OLD.revoked_at) THEN
        UPDATE revision SET value = value + 1 RETURNING value INTO reached;
        INSERT INTO changes (revision, subject) VALUES (reached, OLD.id);
        PERFORM pg_notify('keydeck_changes', '');
    END IF;
    RETURN NULL;
END
$$
-- keys_tell
CREATE TRIGGER keys_tell AFTER UPDATE ON keys FOR EACH ROW EXECUTE FUNCTION keys_tell()
-- connections_tell
CREATE FUNCTION connections_tell() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE reached bigint;
BEGIN
    IF (NEW.id, NEW.name, NEW.resource, NEW.scopes, NEW.expires_at, NEW.revoked_at) IS DISTINCT FROM (OLD.id, OLD.name, OLD.resource, OLD.scopes, OLD.expires_at, OLD.revoked_at) THEN
        UPDATE revision SET value = value + 1 RETURNING value INTO reached;
        INSERT INTO changes (revision, subject) VALUES (reached, OLD.id);
        PERFORM pg_notify('keydeck_changes', '');
    END IF;
    RETURN NULL;
END
$$
-- connections_tell
CREATE TRIGGER connections_tell AFTER UPDATE ON connections FOR EACH ROW EXECUTE FUNCTION connections_tell()
-- access_tokens_tell
CREATE FUNCTION access_tokens_tell() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE reached bigint;
BEGIN
    IF OLD.expires_at > extract(epoch FROM now()) * 1000 THEN
        UPDATE revision SET value = value + 1 RETURNING value INTO reached;
        INSERT INTO changes (revision, subject) VALUES (reached, OLD.connection_id);
        PERFORM pg_notify('keydeck_changes', '');
    END IF;
    RETURN NULL;
END
$$
-- access_tokens_tell
CREATE TRIGGER access_tokens_tell AFTER DELETE OR UPDATE ON access_tokens FOR EACH ROW EXECUTE FUNCTION access_tokens_tell()
-- access_tokens_emptied_tells
CREATE FUNCTION access_tokens_emptied_tells() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE reached bigint;
BEGIN
    IF true THEN
        UPDATE revision SET value = value + 1 RETURNING value INTO reached;
        INSERT INTO changes (revision, subject) VALUES (reached, '');
        PERFORM pg_notify('keydeck_changes', '');
    END IF;
    RETURN NULL;
END
$$
-- access_tokens_emptied_tells
CREATE TRIGGER access_tokens_emptied_tells AFTER TRUNCATE ON access_tokens FOR EACH STATEMENT EXECUTE FUNCTION access_tokens_emptied_tells()
-- workspaces_tell
CREATE FUNCTION workspaces_tell() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE reached bigint;
BEGIN
    IF (NEW.slug, NEW.plan) IS DISTINCT FROM (OLD.slug, OLD.plan) THEN
        UPDATE revision SET value = value + 1 RETURNING value INTO reached;
        INSERT INTO changes (revision, subject) VALUES (reached, '');
        PERFORM pg_notify('keydeck_changes', '');
    END IF;
    RETURN NULL;
END
$$
-- workspaces_tell
CREATE TRIGGER workspaces_tell AFTER UPDATE ON workspaces FOR EACH ROW EXECUTE FUNCTION workspaces_tell()
-- settings_tell
CREATE FUNCTION settings_tell() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE reached bigint;
BEGIN
    IF (NEW.prefix, NEW.restored_at) IS DISTINCT FROM (OLD.prefix, OLD.restored_at) THEN
        UPDATE revision SET value = value + 1 RETURNING value INTO reached;
        INSERT INTO changes (revision, subject) VALUES (reached, '');
        PERFORM pg_notify('keydeck_changes', '');
    END IF;
    RETURN NULL;
END
$$
-- settings_tell
CREATE TRIGGER settings_tell AFTER UPDATE ON settings FOR EACH ROW EXECUTE FUNCTION settings_tell()
-- alembic_version_tells
CREATE FUNCTION alembic_version_tells() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE reached bigint;
BEGIN
    IF true THEN
        UPDATE revision SET value = value + 1 RETURNING value INTO reached;
        INSERT INTO changes (revision, subject) VALUES (reached, '');
        PERFORM pg_notify('keydeck_changes', '');
    END IF;
    RETURN NULL;
END
$$
-- alembic_version_tells
CREATE TRIGGER alembic_version_tells AFTER INSERT OR UPDATE ON alembic_version FOR EACH ROW EXECUTE FUNCTION alembic_version_tells()
