-- stops_inserted_tell
CREATE FUNCTION stops_inserted_tell() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE reached bigint;
BEGIN
    IF true THEN
        UPDATE revision SET value = value + 1 RETURNING value INTO reached;
        INSERT INTO changes (revision, subject) VALUES (reached, CASE WHEN NEW.kind = 'key' THEN NEW.value ELSE '' END);
        PERFORM pg_notify('keydeck_changes', '');
    END IF;
    RETURN NULL;
END
$$
-- stops_inserted_tell
CREATE TRIGGER stops_inserted_tell AFTER INSERT ON stops FOR EACH ROW EXECUTE FUNCTION stops_inserted_tell()
-- stops_deleted_tell
CREATE FUNCTION stops_deleted_tell() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE reached bigint;
BEGIN
    IF true THEN
        UPDATE revision SET value = value + 1 RETURNING value INTO reached;
        INSERT INTO changes (revision, subject) VALUES (reached, CASE WHEN OLD.kind = 'key' THEN OLD.value ELSE '' END);
        PERFORM pg_notify('keydeck_changes', '');
    END IF;
    RETURN NULL;
END
$$
-- stops_deleted_tell
CREATE TRIGGER stops_deleted_tell AFTER DELETE ON stops FOR EACH ROW EXECUTE FUNCTION stops_deleted_tell()
-- stops_changed_tell
CREATE FUNCTION stops_changed_tell() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
-- stops_changed_tell
CREATE TRIGGER stops_changed_tell AFTER UPDATE ON stops FOR EACH ROW EXECUTE FUNCTION stops_changed_tell()
-- stops_emptied_tells
CREATE FUNCTION stops_emptied_tells() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
-- stops_emptied_tells
CREATE TRIGGER stops_emptied_tells AFTER TRUNCATE ON stops FOR EACH STATEMENT EXECUTE FUNCTION stops_emptied_tells()
