#include "main/pages.h"

#include "main/ui_assets.h"

static struct api_asset_body body_of(const struct ui_body *body) {
    return (struct api_asset_body){
        .bytes = {(const char *)body->bytes, body->length},
        .etag = body->etag,
    };
}

static struct api_asset asset_of(const struct ui_asset *asset) {
    return (struct api_asset){
        .content_type = asset->content_type,
        .is_immutable = asset->immutable,
        .identity = body_of(&asset->identity),
        .gzip = body_of(&asset->gzip),
        .brotli = body_of(&asset->brotli),
    };
}

bool pages_at(void *context, size_t index, struct str *ret_path, struct api_asset *ret_asset) {
    (void)context;
    if (index >= ui_asset_count) {
        return false;
    }
    *ret_path = str_from_cstr(ui_assets[index].path);
    *ret_asset = asset_of(&ui_assets[index]);
    return true;
}

bool pages_find(void *context, struct str path, struct api_asset *ret_asset) {
    (void)context;
    size_t low = 0;
    size_t high = ui_asset_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct ui_asset *asset = &ui_assets[middle];
        int order = str_compare(path, str_from_cstr(asset->path));
        if (order == 0) {
            *ret_asset = asset_of(asset);
            return true;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return false;
}
