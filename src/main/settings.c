/* How the program was set up, for those who ask it over HTTP. */
#include "app/settings.h"
#include "base/check.h"
#include "main/program.h"

static struct str text_of(const char *text) {
    return text == NULL ? (struct str){NULL, 0} : str_from_cstr(text);
}

void program_note_settings(struct program *program) {
    const struct serve_options *options = program->options;
    check(options->setting_count <= APP_SETTINGS_MAX);
    for (size_t i = 0; i < options->setting_count; i++) {
        const struct serve_setting *setting = &options->settings[i];
        program->settings.items[i] = (struct app_setting){
            .name = text_of(setting->name),
            .value = setting->value,
            .source = text_of(setting->source),
            .variable = text_of(setting->variable),
            .fallback = text_of(setting->fallback),
            .doc = text_of(setting->doc),
            .is_secret = setting->is_secret,
        };
    }
    program->settings.count = options->setting_count;
    program->app.settings = &program->settings;
}
