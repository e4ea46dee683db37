vcl 4.1;

# Varnish 7 in front of Marquetry. What it does and why is in varnish.md; flow.VarnishTest runs this very file.

import std;

backend marquetry {
    .host = "127.0.0.1";
    .port = "8080";
    .probe = {
        .url = "/health/live";
        .interval = 1s;
        .timeout = 1s;
        .window = 3;
        .threshold = 2;
        .initial = 2;
    }
}

# This machine: who may drop what is kept, and proxies in front whose word we pass on.
acl ours {
    "127.0.0.0"/8;
    "::1";
}

sub vcl_recv {
    # What we are told of the page and of ourselves is said here, never by a browser.
    set req.http.Surrogate-Capability = {"varnish="ESI/1.0""};
    unset req.http.X-Mq-Page;
    if (req.esi_level > 0) {
        set req.http.X-Mq-Page = req_top.url;
    }
    if (client.ip !~ ours) {
        unset req.http.X-Forwarded-Proto;
        unset req.http.X-Geo-Country;
        unset req.http.X-Geo-Region;
    }
    if (req.method == "PURGE" || req.method == "BAN") {
        # A second address means that it came through another proxy.
        if (client.ip !~ ours || req.http.X-Forwarded-For ~ ",") {
            return (synth(403, "Not from here"));
        }
        if (req.method == "PURGE") {
            return (purge);
        }
        if (req.http.Surrogate-Key !~ "^[A-Za-z0-9_-]+$") {
            return (synth(400, "Surrogate-Key names what to drop"));
        }
        ban("obj.http.Surrogate-Key ~ (^|\s)" + req.http.Surrogate-Key + "(\s|$)");
        return (synth(200, "Dropped"));
    }
    if (req.http.Upgrade ~ "(?i)^websocket$") {
        return (pipe);
    }
    # Operations, beacons and streams are nobody's to keep; neither is a preview.
    if (req.url ~ "^/(v1|v2|ofrep|eventbus|console|health|metrics)(/|\?|$)" || req.url ~ "[?&]mq_preview=") {
        return (pass);
    }
    # While we are well, what is too old is shown for no longer than it takes to fetch it anew.
    if (std.healthy(req.backend_hint)) {
        set req.grace = 10s;
    }
}

# A cookie alone makes nothing personal here: what is, says so, and what does not say that it may be kept is not.
sub vcl_req_cookie {
    return (hash);
}

sub vcl_pipe {
    if (req.http.Upgrade) {
        set bereq.http.Upgrade = req.http.Upgrade;
        set bereq.http.Connection = req.http.Connection;
    }
}

sub vcl_backend_response {
    if (beresp.status >= 500) {
        if (bereq.is_bgfetch) {
            return (abandon); # what is kept is better
        }
        return (pass(1s));
    }
    if (beresp.http.Surrogate-Control ~ "ESI/1\.0") {
        set beresp.do_esi = true;
    }
    if (beresp.http.Surrogate-Control ~ "max-age=[0-9]") {
        set beresp.ttl = std.duration(regsub(beresp.http.Surrogate-Control, "^.*max-age=([0-9]+).*$", "\1s"), 0s);
    } else if (beresp.http.Cache-Control !~ "(?i)(^|[\s,])public([\s,]|$)") {
        return (pass(120s));
    }
    set beresp.grace = 24h;
}

sub vcl_deliver {
    # A component that cannot be had: what everybody may be shown instead, if that can; else the page does without it.
    if (req.esi_level > 0 && resp.status != 200) {
        if (req.restarts == 0 && req.url ~ "^/mq/components/[^/?]+(\?|$)") {
            set req.url = regsub(req.url, "(\?|$)", "/fallback\1");
            return (restart);
        }
        return (synth(204));
    }
    unset resp.http.Surrogate-Control;
    unset resp.http.Surrogate-Key;
}

sub vcl_synth {
    if (req.esi_level > 0) {
        return (deliver);
    }
}
