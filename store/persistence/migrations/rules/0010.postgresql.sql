-- keys_tell
CREATE FUNCTION keys_tell() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE FUNCTION connections_tell() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE FUNCTION access_tokens_tell() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE FUNCTION access_tokens_emptied_tells() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE FUNCTION workspaces_tell() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE FUNCTION settings_tell() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE FUNCTION alembic_version_tells() RETURNS trigger LANGUAGE plpgsql AS $$
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
