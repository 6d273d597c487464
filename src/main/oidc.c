/* By which OpenID provider people may come in. */
#include "app/oidc_provider.h"

#include "main/program.h"

/* "id.example" of "https://id.example:8443/realms/one". */
static struct str host_of(struct str issuer) {
    struct str rest = str_skip(issuer, str_find(issuer, ':') + 3);
    rest = str_first(rest, str_find(rest, '/'));
    return str_first(rest, str_find(rest, ':'));
}

static enum role role_of(struct str word) {
    static const enum role roles[] = {ROLE_AUDITOR, ROLE_SUPPORT, ROLE_FINANCE};
    for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
        if (str_equal(word, str_from_cstr(role_name(roles[i])))) {
            return roles[i];
        }
    }
    return ROLE_NONE;
}

struct err program_open_provider(struct program *program) {
    const struct serve_options *options = program->options;
    if (options->oidc_issuer.len == 0) {
        return OK;
    }
    struct oidc_role_rule *rules =
        arena_array(&program->arena, options->oidc_role_count, sizeof *rules);
    for (size_t i = 0; rules != NULL && i < options->oidc_role_count; i++) {
        const struct serve_role_rule *said = &options->oidc_roles[i];
        rules[i] = (struct oidc_role_rule){said->claim, said->value, role_of(said->role)};
    }
    struct oidc_settings settings = {
        .issuer = options->oidc_issuer,
        .client_id = options->oidc_client_id,
        .client_secret = options->oidc_client_secret,
        .name = options->oidc_name.len > 0 ? options->oidc_name : host_of(options->oidc_issuer),
        .acr = options->oidc_acr,
        .newcomers = role_of(options->oidc_operators),
        .rules = rules,
        .rule_count = rules == NULL ? 0 : options->oidc_role_count,
        .trusts_emails = options->oidc_trusts_emails,
        .may_be_private = options->webhooks_may_be_private,
    };
    program->app.oidc = oidc_provider_create(program->env, &settings);
    return program->app.oidc != NULL
               ? OK
               : cx_fail(&program->cx, ERR(ERR_NO_MEMORY), "There is no memory for a provider.");
}

void program_close_provider(struct program *program) {
    oidc_provider_destroy(program->app.oidc);
    program->app.oidc = NULL;
}
