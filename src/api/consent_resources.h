/* The handlers and shapes of consent; as api/resources.h. */
#ifndef API_CONSENT_RESOURCES_H
#define API_CONSENT_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"
#include "app/consent.h"
#include "app/preview.h"

/* consents.c */
void consents_list(struct api_request *request);
void consents_list_all(struct api_request *request);
extern const struct shape consents_shape, consent_query_shape;

/* What is to be agreed to, as a preview shows it. */
struct consent_out {
    struct str text, hash, language;
    bool is_required;
};
extern const struct shape consent_words_shape;

struct consents_out {
    struct consent_out renewal, early_start;
    bool has_renewal, has_early_start;
};
/* In this language, an enum language; -1: that of the customer's mails. */
MUST_USE struct err consents_of_preview(struct api_request *request,
                                        const struct preview_command *preview, int language,
                                        struct consents_out *ret_out);

/* Whose, for operators' lists that know no status. */
struct consent_query {
    struct page_query page; /* first: page_size() reads it */
    struct str user_id;
};

extern const char *const language_names[]; /* by enum language, and NULL */

/* A field that takes such a hash back. */
#define CONSENT_HASH_FIELD(json, text, at)                                                         \
    {                                                                                              \
        json, text, SHAPE_STR, .offset = (at), .min = 64, .max = 64,                               \
                               .allowed = "0123456789abcdef", .flags = SHAPE_OPTIONAL              \
    }

#endif
