-- Asks keydeck whether a request may pass, and answers in its place what may not.
local ASK = "http://@keydeck@/api/v1/authorize?@query@"
local IDENTITY = {
    "x-key-id", "x-key-name", "x-key-scopes", "x-key-owner", "x-key-labels", "x-workspace",
    "x-request-id",
}
-- Of the client's headers these alone; each as often as it was sent, so that two are two.
local TOLD = {
    "authorization", "origin", "access-control-request-method", "user-agent",
    "@key_header_lower@",
}
local RETURNED = {
    "content-type", "www-authenticate", "x-keydeck-code", "x-request-id", "retry-after",
    "ratelimit", "ratelimit-policy",
}
-- Told to whoever was let in: when the key ends, and how often it may be used.
local NOTICES = { "sunset", "deprecation", "ratelimit", "ratelimit-policy" }

local function refuse(txn, status, headers, body)
    local reply = txn:reply({ status = status, body = body })
    for name, values in pairs(headers) do
        for _, value in pairs(values) do
            reply:add_header(name, value)
        end
    end
    reply:add_header("cache-control", "no-store")
    txn:done(reply)
end

core.register_action("keydeck", { "http-req" }, function(txn)
    local sent = txn.http:req_get_headers()
    local asked = {
        ["x-forwarded-method"] = { txn.f:method() },
        ["x-forwarded-uri"] = { txn.f:pathq() },
        ["x-forwarded-for"] = { txn.f:src() },
    }
    for _, name in ipairs(TOLD) do
        if sent[name] then
            asked[name] = {}
            for _, value in pairs(sent[name]) do
                table.insert(asked[name], value)
            end
        end
    end
    local answer = core.httpclient():get({ url = ASK, headers = asked, timeout = 3000 })
    if answer and answer.status == 200 then
        for _, name in ipairs(IDENTITY) do
            local values = answer.headers[name]
            txn.http:req_set_header(name, values and values[0] or "")
        end
        for _, name in ipairs(NOTICES) do
            local values = answer.headers[name]
            if values then
                txn:set_var("txn.keydeck_" .. name:gsub("-", "_"), values[0])
            end
        end
        txn:set_var("txn.keydeck_passed", true)
    elseif answer and answer.headers and answer.headers["x-keydeck-code"] then
        local headers = {}
        for _, name in ipairs(RETURNED) do
            headers[name] = answer.headers[name]
        end
        refuse(txn, answer.status, headers, answer.body)
    else
        -- It was not keydeck who answered.
        local body = '{"type":"urn:keydeck:problem:unavailable","status":503,"code":"unavailable"}\n'
        refuse(txn, 503, { ["content-type"] = { "application/problem+json" } }, body)
    end
end)
