/* Files that are sent from where they are kept, piece by piece as the client takes them: GET with
 * one Range, so that a download goes on where it was cut off, and HEAD (RFC 9110, 14). */
#ifndef API_FILE_H
#define API_FILE_H

#include "api/request.h"
#include "app/parcel.h"

struct file_kept {
    const struct parcel_kind *kind;
    struct str id;     /* whose pieces; outlives the handler, as the request's memory does */
    struct str name;   /* that it is saved under; ASCII, without quotation marks */
    struct str sha256; /* hexadecimal, of the whole: what it is known by when it goes on */
    int64_t size;
};

/* 200, 206, or 416 when the part begins behind the end. */
void reply_file(struct api_request *request, const struct file_kept *file);

#endif
