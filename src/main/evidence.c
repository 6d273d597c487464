/* What only the start knows and an auditor asks for: which program this is, how it was set up, what
 * it is made of. */
#include <elf.h>
#include <link.h>
#include <string.h>

#include "api/evidence_sources.h"
#include "app/audit.h"
#include "app/evidence.h"
#include "app/settings.h"
#include "base/check.h"
#include "base/json.h"
#include "main/program.h"

enum { SBOM_MAX = 4 * 1024 * 1024, BUILD_ID_MAX = 32 };

/* --- the build id, which the linker has put into the program --- */

struct build_id {
    char hex[2 * BUILD_ID_MAX + 1];
};

static size_t padded(size_t size) {
    return (size + 3) & ~(size_t)3;
}

static void read_notes(const char *at, size_t size, struct build_id *ret_id) {
    while (size >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        memcpy(&note, at, sizeof note);
        size_t whole = sizeof note + padded(note.n_namesz) + padded(note.n_descsz);
        if (whole > size) {
            return;
        }
        const char *name = at + sizeof note;
        bool is_it = note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof ELF_NOTE_GNU &&
                     memcmp(name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0;
        if (is_it && note.n_descsz <= BUILD_ID_MAX) {
            str_hex((const uint8_t *)name + padded(note.n_namesz), note.n_descsz, ret_id->hex);
            return;
        }
        at += whole;
        size -= whole;
    }
}

/* The first object is the program itself. */
static int visit(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type == PT_NOTE) {
            uintptr_t at = (uintptr_t)(info->dlpi_addr + header->p_vaddr);
            read_notes((const char *)at, header->p_memsz, context);
        }
    }
    return 1;
}

/* --- how it was set up --- */

static struct str yes_or_no(bool is) {
    return is ? STR("yes") : STR("no");
}

/* Of each sink only what it is: addresses may have passwords in them. */
static struct str sinks_of(struct program *program) {
    struct str text = STR("");
    for (size_t i = 0; i < program->signer.sink_count; i++) {
        struct str rest = program->signer.sinks[i];
        text = arena_printf(&program->arena, STR_FMT "%s" STR_FMT, STR_ARG(text), i > 0 ? " " : "",
                            STR_ARG(str_cut(&rest, ':')));
    }
    return text;
}

static struct str scheme_of(struct str url) {
    struct str rest = url;
    return url.len == 0 ? STR("none") : str_cut(&rest, ':');
}

static const char *provider_of(const struct program *program) {
    return program->options->stripe_key.len == 0 ? "sandbox"
           : program->app.is_test                ? "stripe, test mode"
                                                 : "stripe";
}

static const char *key_source_of(const struct serve_options *options) {
    return options->key_command != NULL ? "command"
           : options->key_file != NULL  ? "file"
                                        : "data folder";
}

static struct str configuration_of(struct program *program) {
    const struct serve_options *options = program->options;
    bool has_tls = options->tls_certificate != NULL;
    return AUDIT_FACTS(
        &program->cx, AUDIT_TEXT("listen", options->listen),
        AUDIT_TEXT("baseUrl", options->base_url), AUDIT_TEXT("tls", yes_or_no(has_tls)),
        AUDIT_TEXT("tlsVersions", has_tls ? STR("1.2 and 1.3") : STR("")),
        AUDIT_TEXT("provider", str_from_cstr(provider_of(program))),
        AUDIT_TEXT("automaticTax", yes_or_no(options->taxes)),
        AUDIT_TEXT("catalogue",
                   options->catalog == NULL ? STR("the program's own") : STR("a file")),
        AUDIT_TEXT("keySource", str_from_cstr(key_source_of(options))),
        AUDIT_WHOLE("stepUpSeconds", options->step_up_seconds),
        AUDIT_TEXT("mail", scheme_of(options->smtp_url)),
        AUDIT_TEXT("alerts", yes_or_no(options->alerts_to.len > 0)),
        AUDIT_TEXT("auditSinks", sinks_of(program)), AUDIT_TEXT("oidcIssuer", options->oidc_issuer),
        AUDIT_TEXT("oidcOperators", options->oidc_operators),
        AUDIT_TEXT("webhooksMayBePrivate", yes_or_no(options->webhooks_may_be_private)),
        AUDIT_TEXT("testClock", yes_or_no(options->has_test_clock)));
}

static struct str text_or_none(const char *text) {
    return text == NULL ? (struct str){NULL, 0} : str_from_cstr(text);
}

/* For those who ask it over HTTP. */
static struct app_settings *settings_of(struct program *program) {
    const struct serve_options *options = program->options;
    struct app_settings *settings = ARENA_NEW(&program->arena, struct app_settings);
    check(options->setting_count <= APP_SETTINGS_MAX);
    for (size_t i = 0; settings != NULL && i < options->setting_count; i++) {
        const struct serve_setting *setting = &options->settings[i];
        settings->items[settings->count++] = (struct app_setting){
            .name = text_or_none(setting->name),
            .value = setting->value,
            .source = text_or_none(setting->source),
            .variable = text_or_none(setting->variable),
            .fallback = text_or_none(setting->fallback),
            .doc = text_or_none(setting->doc),
            .is_secret = setting->is_secret,
        };
    }
    return settings;
}

/* --- what it is made of --- */

static struct err read_sbom(struct program *program, struct str *ret_text) {
    const char *path = program->options->sbom;
    struct str text = STR("");
    *ret_text = STR("");
    if (path == NULL) {
        return OK;
    }
    struct err err = env_read_file(program->env, path, SBOM_MAX, &text);
    if (err_failed(err)) {
        return cx_fail(&program->cx, err, "The bill of materials %.200s cannot be read (%s).", path,
                       err_name(err.code));
    }
    *ret_text = arena_str(&program->arena, text);
    env_free(program->env, (char *)(uintptr_t)text.bytes);
    struct json_problem problem;
    json_t *json = json_read(*ret_text, &problem);
    bool is_one = str_equal(json_text(json, "bomFormat"), STR("CycloneDX"));
    json_decref(json);
    return is_one ? OK
                  : cx_fail(&program->cx, ERR(ERR_FORMAT),
                            "%.200s is no bill of materials: expected CycloneDX as JSON, as "
                            "tools/sbom.py writes it.",
                            path);
}

struct err program_note_start(struct program *program, struct tx *tx) {
    struct build_id id = {""};
    (void)dl_iterate_phdr(visit, &id);
    program->evidence = (struct evidence_program){
        .version = STR(TURNPIKE_VERSION),
        .build = arena_str(&program->arena, str_from_cstr(id.hex)),
        .making = ARENA_NEW(&program->arena, struct progress),
        .sources = api_evidence_sources,
        .count = api_evidence_sources_count,
    };
    TRY(read_sbom(program, &program->evidence.sbom));
    program->app.evidence = &program->evidence;
    program->app.settings = settings_of(program);
    return program->listens_on_network
               ? evidence_note_start(tx, &program->evidence, configuration_of(program))
               : OK;
}
