#include "app/accessibility_shape.h"

#include <string.h>

#define AT(member) offsetof(struct accessibility_entry, member)
#define SAID(member) AT(said.member)
static const struct shape_field limit_item = {
    .kind = SHAPE_CHARS, .min = 1, .max = ACCESSIBILITY_TEXT - 1};
static const struct shape_field fields[] = {
    {"operator", "Who runs the service, and answers for it", SHAPE_CHARS, SAID(operator_name),
     .min = 1, .max = 120},
    {"email", "Where people tell of barriers", SHAPE_CHARS, SAID(email), .min = 3, .max = 254},
    {"phone", "The same, by telephone", SHAPE_CHARS, SAID(phone), .min = 1, .max = 40,
     .flags = SHAPE_OPTIONAL},
    {"address", "The same, by post", SHAPE_CHARS, SAID(address), .min = 1,
     .max = ACCESSIBILITY_TEXT - 1, .flags = SHAPE_OPTIONAL},
    {"country", "Whose authority watches over it, ISO 3166-1 alpha-2", SHAPE_CHARS, SAID(country),
     .min = 2, .max = 2, .allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"authority", "That authority; absent: the one the program knows of, if any", SHAPE_CHARS,
     SAID(authority), .min = 1, .max = ACCESSIBILITY_TEXT - 1, .flags = SHAPE_OPTIONAL},
    {"reviewed", "The day on which somebody looked at the statement last: 2026-11-29", SHAPE_CHARS,
     SAID(reviewed), .min = 10, .max = 10, .allowed = "0123456789-"},
    {"limits", "What people will find in the way, beside what the program says of itself",
     SHAPE_LIST, AT(limits), .max = ACCESSIBILITY_LIMITS_MAX, .item = &limit_item,
     .item_size = ACCESSIBILITY_TEXT, .flags = SHAPE_OPTIONAL},
};
#undef SAID
#undef AT
const struct shape accessibility_shape =
    SHAPE("CatalogueAccessibility", "Who answers for the accessibility of the pages",
          struct accessibility_entry, fields);

struct accessibility accessibility_of(struct cx *cx, const struct accessibility_entry *entry,
                                      struct shape_errors *errors) {
    struct accessibility said = entry->said;
    struct str email = str_from_cstr(said.email);
    size_t name = str_find(email, '@');
    if (!said.is_said) {
        return said;
    }
    if (name == 0 || name + 1 >= email.len) {
        shape_error_add(errors, cx->arena, "/accessibility/email", "an e-mail address");
    }
    if (!accessibility_is_day(str_from_cstr(said.reviewed))) {
        shape_error_add(errors, cx->arena, "/accessibility/reviewed", "a day, such as 2026-11-29");
    }
    for (size_t i = 0; i < entry->limits.count; i++) {
        const char *items = entry->limits.items;
        memcpy(said.limits[i], items + i * ACCESSIBILITY_TEXT, ACCESSIBILITY_TEXT);
    }
    said.limit_count = entry->limits.count;
    return said;
}
