-- tool_documents_tell
CREATE FUNCTION tool_documents_tell() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
-- tool_documents_tell
CREATE TRIGGER tool_documents_tell AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON tool_documents FOR EACH STATEMENT EXECUTE FUNCTION tool_documents_tell()
