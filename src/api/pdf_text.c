#include "api/pdf_text.h"

#include "app/appearance.h"

/* A store that fails has chosen nothing: the text itself is worth more than its language. */
static bool chosen_language(struct api_request *request, enum language *ret_language) {
    struct appearance_settings settings;
    struct tx tx = request_read(request);
    return request->has_session &&
           !err_failed(appearance_in_force(&tx, request->session.person_id, STR(""), &settings)) &&
           language_parse(settings.language, ret_language);
}

enum language pdf_language(struct api_request *request) {
    struct str rest = http_header(request->http, STR("Accept-Language"));
    enum language language = LANGUAGE_EN;
    for (bool is_found = chosen_language(request, &language); rest.len > 0 && !is_found;) {
        struct str tag = str_trim(str_cut(&rest, ','));
        is_found = language_parse(str_of(tag.bytes, tag.len < 2 ? tag.len : 2), &language);
    }
    return language;
}

struct str pdf_money(struct arena *arena, enum language language, struct money money) {
    char bytes[LOCALE_TEXT_SIZE];
    struct text text;
    text_init(&text, bytes, sizeof bytes);
    locale_money(&text, language, money);
    return arena_str(arena, str_of(bytes, text.len));
}

struct str pdf_day(struct arena *arena, enum language language, struct instant day) {
    char bytes[LOCALE_TEXT_SIZE];
    struct text text;
    text_init(&text, bytes, sizeof bytes);
    locale_date(&text, language, day);
    return arena_str(arena, str_of(bytes, text.len));
}
