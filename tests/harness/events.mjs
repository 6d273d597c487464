// Usage events, CloudEvents 1.0 in JSON.
import { randomUUID } from "node:crypto";

export const SOURCE = "https://platform.example/edge";

// One event that adds `value` of `metric` for `userId`; with `set` a gauge gets that level instead.
export function usageEvent(fields) {
  const { userId, metric = "api_requests", value = 1, set, id = randomUUID(), source = SOURCE } = fields;
  const { time, region, resource } = fields;
  const amount = set === undefined ? { value } : { set };
  return {
    specversion: "1.0",
    id,
    source,
    type: metric,
    subject: userId,
    ...(time && { time }),
    datacontenttype: "application/json",
    data: { ...amount, ...(region && { region }), ...(resource && { resource }) },
  };
}

// `count` events of one each, alike but for their ids.
export function usageEvents(count, fields) {
  return Array.from({ length: count }, () => usageEvent(fields));
}

// The same event in binary mode: headers and body for POST /api/usage/events.
export function binaryMode({ data, datacontenttype, ...attributes }) {
  const headers = { "Content-Type": datacontenttype };
  for (const [name, value] of Object.entries(attributes)) headers[`ce-${name}`] = encodeURI(value);
  return { headers, raw: JSON.stringify(data) };
}
