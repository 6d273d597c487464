#include "app/oidc_provider.h"

#include "base/buf.h"
#include "base/check.h"

enum { TIMEOUT_MS = 5000, SKEW_S = 60, TOKEN_AGE_S_MAX = 600 };
static const uint64_t second_ns = UINT64_C(1000000000);

/* What was fetched, and when. */
struct kept {
    struct buf text;
    uint64_t at_ns;
    bool is_there;
};

struct oidc_provider {
    struct env *env;
    struct oidc_settings settings;
    struct kept document, keys;
    uint64_t anew_ns; /* when keys were fetched for a token with an unknown one */
    bool has_anew;
};

struct oidc_provider *oidc_provider_create(struct env *env, const struct oidc_settings *settings) {
    struct oidc_provider *provider = env_alloc(env, sizeof *provider);
    if (provider != NULL) {
        *provider = (struct oidc_provider){.env = env, .settings = *settings};
        buf_init(&provider->document.text, env, OIDC_DOCUMENT_MAX);
        buf_init(&provider->keys.text, env, OIDC_DOCUMENT_MAX);
    }
    return provider;
}

void oidc_provider_destroy(struct oidc_provider *provider) {
    if (provider != NULL) {
        buf_finish(&provider->document.text);
        buf_finish(&provider->keys.text);
        env_free(provider->env, provider);
    }
}

const struct oidc_settings *oidc_provider_settings(const struct oidc_provider *provider) {
    return &provider->settings;
}

enum role oidc_newcomer_role(const struct oidc_settings *settings, struct str payload) {
    for (size_t i = 0; i < settings->rule_count; i++) {
        if (oidc_claim_has(payload, settings->rules[i].claim, settings->rules[i].value)) {
            return settings->rules[i].role;
        }
    }
    return settings->newcomers;
}

/* --- what is kept --- */

static bool is_fresh(const struct oidc_provider *provider, const struct kept *kept) {
    static const uint64_t age_s_max = 3600;
    uint64_t now = provider->env->mono_ns(provider->env);
    return kept->is_there && now - kept->at_ns < age_s_max * second_ns;
}

static void keep(struct oidc_provider *provider, struct kept *kept, struct str text) {
    buf_clear(&kept->text);
    buf_add(&kept->text, text);
    kept->at_ns = provider->env->mono_ns(provider->env);
    kept->is_there = !kept->text.has_failed;
}

/* Once a minute at most: whoever sends tokens of unknown keys must not make us ask all the time. */
static bool may_ask_anew(struct oidc_provider *provider) {
    static const uint64_t pause_s = 60;
    uint64_t now = provider->env->mono_ns(provider->env);
    if (provider->has_anew && now - provider->anew_ns < pause_s * second_ns) {
        return false;
    }
    provider->has_anew = true;
    provider->anew_ns = now;
    return true;
}

/* --- what is sent --- */

static struct env_http_request request_to(const struct oidc_call *call, struct str url) {
    const struct oidc_settings *settings = &call->provider->settings;
    return (struct env_http_request){
        .method = STR("GET"),
        .url = url,
        .timeout_ms = TIMEOUT_MS,
        .is_guarded = !settings->may_be_private && !oidc_is_same_origin(url, settings->issuer),
        .answer_max = OIDC_DOCUMENT_MAX + 1,
    };
}

static enum oidc_verdict verdict_of(const struct env_http_answer *answer) {
    if (err_failed(answer->err)) {
        return answer->err.code == ERR_TOO_LARGE ? OIDC_TOO_LARGE : OIDC_UNREACHABLE;
    }
    return answer->status == 200 ? OIDC_FINE : OIDC_STATUS;
}

static void end(struct oidc_call *call, enum oidc_verdict verdict) {
    call->verdict = arena_failed(call->arena) ? OIDC_TOO_LARGE : verdict;
    call->done(call);
}

/* --- its document --- */

static enum oidc_verdict read_document(struct oidc_call *call, struct str json) {
    return oidc_discovery_read(call->arena, json, call->provider->settings.issuer,
                               &call->discovery);
}

static void on_document(void *context, const struct env_http_answer *answer) {
    struct oidc_call *call = context;
    enum oidc_verdict verdict = verdict_of(answer);
    if (verdict == OIDC_FINE) {
        verdict = read_document(call, answer->body);
    }
    if (verdict == OIDC_FINE) {
        keep(call->provider, &call->provider->document, answer->body);
    }
    end(call, verdict);
}

void oidc_discover(struct oidc_call *call) {
    struct oidc_provider *provider = call->provider;
    if (is_fresh(provider, &provider->document)) {
        end(call, read_document(call, buf_str(&provider->document.text)));
        return;
    }
    struct env_http_request request =
        request_to(call, oidc_discovery_url(call->arena, provider->settings.issuer));
    provider->env->http_send(provider->env, &request, on_document, call);
}

/* --- a code for a token --- */

static enum oidc_verdict judge_claims(struct oidc_redeem *redeem) {
    struct arena *arena = redeem->call.arena;
    if (!oidc_access_token_holds(arena, redeem->claims.payload, redeem->tokens.access_token)) {
        return OIDC_ACCESS_TOKEN;
    }
    redeem->person = oidc_person_of(arena, redeem->claims.payload);
    return OIDC_FINE;
}

static enum oidc_verdict judge(struct oidc_redeem *redeem, struct str json) {
    struct arena *arena = redeem->call.arena;
    const struct oidc_settings *settings = &redeem->call.provider->settings;
    struct jwks *keys = ARENA_NEW(arena, struct jwks);
    if (keys == NULL) {
        return OIDC_TOO_LARGE;
    }
    redeem->keys = jwks_read(arena, json, keys);
    if (redeem->keys != JWKS_READ) {
        return redeem->keys == JWKS_TOO_LARGE ? OIDC_TOO_LARGE : OIDC_KEYS;
    }
    struct jwt_expected expected = {
        .signature = {keys, redeem->call.discovery.algs},
        .issuer = settings->issuer,
        .audience = settings->client_id,
        .nonce = redeem->nonce,
        .now_s = redeem->now_s,
        .skew_s = SKEW_S,
        .age_s_max = TOKEN_AGE_S_MAX,
        .auth_age_s_max = redeem->auth_age_s_max,
    };
    redeem->token = jwt_verify(arena, &expected, redeem->tokens.id_token, &redeem->claims);
    return redeem->token == JWT_VALID ? judge_claims(redeem) : OIDC_TOKEN;
}

static void on_keys(void *context, const struct env_http_answer *answer) {
    struct oidc_redeem *redeem = context;
    enum oidc_verdict verdict = verdict_of(answer);
    if (verdict == OIDC_FINE) {
        verdict = judge(redeem, answer->body);
    }
    if (verdict == OIDC_FINE || verdict == OIDC_TOKEN || verdict == OIDC_ACCESS_TOKEN) {
        keep(redeem->call.provider, &redeem->call.provider->keys, answer->body);
    }
    end(&redeem->call, verdict);
}

static void ask_keys(struct oidc_redeem *redeem) {
    struct oidc_provider *provider = redeem->call.provider;
    struct env_http_request request = request_to(&redeem->call, redeem->call.discovery.keys_uri);
    provider->env->http_send(provider->env, &request, on_keys, redeem);
}

static void check_token(struct oidc_redeem *redeem) {
    struct oidc_provider *provider = redeem->call.provider;
    if (!is_fresh(provider, &provider->keys)) {
        ask_keys(redeem);
        return;
    }
    enum oidc_verdict verdict = judge(redeem, buf_str(&provider->keys.text));
    bool is_unknown = verdict == OIDC_TOKEN && redeem->token == JWT_NO_KEY;
    if (is_unknown && may_ask_anew(provider)) {
        ask_keys(redeem);
    } else {
        end(&redeem->call, verdict);
    }
}

static void on_tokens(void *context, const struct env_http_answer *answer) {
    struct oidc_redeem *redeem = context;
    enum oidc_verdict verdict = verdict_of(answer);
    if (verdict == OIDC_FINE || verdict == OIDC_STATUS) {
        verdict =
            oidc_tokens_read(redeem->call.arena, answer->status, answer->body, &redeem->tokens);
    }
    if (verdict == OIDC_FINE) {
        check_token(redeem);
    } else {
        end(&redeem->call, verdict);
    }
}

void oidc_redeem(struct oidc_redeem *redeem) {
    struct oidc_provider *provider = redeem->call.provider;
    struct env_http_request request =
        request_to(&redeem->call, redeem->call.discovery.token_endpoint);
    redeem->asked = oidc_code_request(redeem->call.arena, &redeem->call.discovery, &redeem->client,
                                      redeem->code, redeem->verifier);
    redeem->headers[0] = STR("Content-Type: application/x-www-form-urlencoded");
    redeem->headers[1] = STR("Accept: application/json");
    redeem->headers[2] = redeem->asked.authorization;
    request.method = STR("POST");
    request.headers = redeem->headers;
    request.header_count = redeem->asked.authorization.len > 0 ? 3 : 2;
    request.body = redeem->asked.body;
    if (arena_failed(redeem->call.arena)) {
        end(&redeem->call, OIDC_TOO_LARGE);
        return;
    }
    provider->env->http_send(provider->env, &request, on_tokens, redeem);
}

const char *oidc_redeem_text(const struct oidc_redeem *redeem) {
    check(redeem->call.verdict != OIDC_FINE);
    if (redeem->call.verdict == OIDC_KEYS) {
        return jwks_verdict_text(redeem->keys);
    }
    return redeem->call.verdict == OIDC_TOKEN ? jwt_verdict_text(redeem->token)
                                              : oidc_verdict_text(redeem->call.verdict);
}
