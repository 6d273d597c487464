#include "api/pdf_text.h"

enum language pdf_language(const struct api_request *request) {
    struct str rest = http_header(request->http, STR("Accept-Language"));
    enum language language = LANGUAGE_EN;
    for (bool is_found = false; rest.len > 0 && !is_found;) {
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
