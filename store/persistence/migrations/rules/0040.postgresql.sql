-- keys_tell
CREATE FUNCTION keys_tell() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE reached bigint;
BEGIN
    IF (NEW.id, NEW.name, NEW.digest, NEW.pepper, NEW.scopes, NEW.expires_at, NEW.revoked_at, NEW.networks, NEW.owner, NEW.labels, NEW.not_before, NEW.limits) IS DISTINCT FROM (OLD.id, OLD.name, OLD.digest, OLD.pepper, OLD.scopes, OLD.expires_at, OLD.revoked_at, OLD.networks, OLD.owner, OLD.labels, OLD.not_before, OLD.limits) THEN
        UPDATE revision SET value = value + 1 RETURNING value INTO reached;
        INSERT INTO changes (revision, subject) VALUES (reached, OLD.id);
        PERFORM pg_notify('keydeck_changes', '');
    END IF;
    RETURN NULL;
END
$$
-- keys_tell
CREATE TRIGGER keys_tell AFTER UPDATE ON keys FOR EACH ROW EXECUTE FUNCTION keys_tell()
-- limits_tell
CREATE FUNCTION limits_tell() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
-- limits_tell
CREATE TRIGGER limits_tell AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON limits FOR EACH STATEMENT EXECUTE FUNCTION limits_tell()
