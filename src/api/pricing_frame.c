/* What stands around the prices: the header and the footer, as the script draws them once it is
 * there (ui/src/components/Shell.tsx). A browser's test holds the two against each other. */
#include "api/html.h"
#include "api/pricing.h"

static void add(struct buf *page, const char *text) {
    buf_add(page, str_from_cstr(text));
}

static void add_link(struct buf *page, const char *path, bool is_here, const char *words) {
    buf_printf(page, "<a href=\"%s\"%s>%s</a>", path, is_here ? " aria-current=\"page\"" : "",
               words);
}

/* Looking for a page and signing out need the script, and have their places. */
static void add_account(const struct pricing_view *view, struct buf *page) {
    const struct pricing_words *words = view->words;
    if (!view->is_signed_in) {
        buf_printf(page, "<a class=\"button plain small\" href=\"/sign-in\">%s</a>",
                   words->sign_in);
        return;
    }
    add(page, "<div class=\"account\"><span class=\"icon-button until-script\"></span>"
              "<a class=\"account-name\" href=\"/security\" title=\"");
    HTML_FILL(page, words->signed_in_as, view->address);
    add(page, "\">");
    html_add(page, view->address);
    buf_printf(page,
               "</a><span class=\"button quiet until-script\" aria-hidden=\"true\">%s</span></div>",
               words->sign_out);
}

/* Who looks at whose pages is said on each of them, with and without the script. */
static void add_looking(const struct pricing_view *view, struct buf *page) {
    if (view->is_looking) {
        add(page, "<p class=\"banner looking\" role=\"status\"><strong>");
        HTML_FILL(page, view->words->looking_who, view->looks, view->seen);
        add(page, "</strong> ");
        HTML_FILL(page, view->words->looking_why, view->reason, view->until);
        add(page, "</p>");
    }
}

static void add_header(const struct pricing_view *view, struct buf *page) {
    const struct pricing_words *words = view->words;
    add(page, "<header class=\"header\"><div class=\"header-row\">"
              "<a class=\"brand\" href=\"/pricing\">"
              "<svg class=\"mark\" viewBox=\"0 0 32 32\" width=\"28\" height=\"28\" "
              "aria-hidden=\"true\" focusable=\"false\">"
              "<rect class=\"mark-ground\" width=\"32\" height=\"32\" rx=\"8\"></rect>"
              "<path class=\"mark-line\" d=\"M9.5 25V15M9.5 15.5L23.5 8\"></path>"
              "<circle class=\"mark-dot\" cx=\"9.5\" cy=\"15.5\" r=\"2.6\"></circle></svg>"
              "<span>Turnpike</span></a>");
    buf_printf(page, "<nav class=\"nav\" aria-label=\"%s\">", words->nav);
    add_link(page, "/pricing", true, words->pricing);
    if (view->is_operator) {
        add_link(page, "/admin/contracts", false, words->operating);
    } else {
        add_link(page, "/billing", false, words->billing);
    }
    if (view->is_signed_in) {
        add_link(page, "/security", false, words->security);
    }
    add(page, "</nav>");
    add_account(view, page);
    add(page, "</div>");
    add_looking(view, page);
    if (view->is_signed_in && view->request->api->app->is_test) {
        buf_printf(page, "<p class=\"banner test\">%s</p>", words->test_mode);
    }
    add(page, "</header>");
}

void pricing_add_head(const struct pricing_view *view, struct buf *page) {
    if (view->is_embedded) {
        add(page, "<main class=\"main\">");
        return;
    }
    buf_printf(page, "<a class=\"skip\" href=\"#main\">%s</a>", view->words->skip);
    add_header(view, page);
    add(page, "<div><main id=\"main\" class=\"main\" tabindex=\"-1\">");
}

void pricing_add_foot(const struct pricing_view *view, struct buf *page) {
    const struct pricing_words *words = view->words;
    add(page, "</main>");
    if (!view->is_embedded) {
        add(page, "</div><footer class=\"footer\"><p>");
        HTML_FILL(page, words->footer, view->zone);
        buf_printf(page,
                   " <a href=\"/api/openapi.json\">%s</a> · "
                   "<a href=\"/accessibility\">%s</a></p></footer>",
                   words->api_link, words->accessibility);
    }
}
