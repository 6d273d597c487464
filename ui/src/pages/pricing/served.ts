// What the server has made of a page before any script ran (src/api/pricing.c). It is part of the page from then on: moved
// into the app as it stands, so that nothing flickers and no figure is made twice.

import { problemOf, unreachable } from '../../api/problem';

const SERVED = '#app form';

let first = document.querySelector<HTMLFormElement>(SERVED);

/** What came with the document, once: main.tsx fetches this file before it takes that away. */
export function takeServed(): HTMLFormElement | null {
  const taken = first;
  first = null;
  return taken;
}

/** The same of another address. A document is read by the browser, without running anything: no text becomes markup here. */
export function readServed(address: string): Promise<HTMLFormElement> {
  return new Promise((fulfil, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', address);
    request.responseType = 'document';
    request.onload = () => {
      const form = request.responseXML?.querySelector<HTMLFormElement>(SERVED);
      if (form) fulfil(form);
      else reject(problemOf(request.status, undefined, request.getResponseHeader('x-request-id')));
    };
    request.onerror = () => reject(unreachable());
    request.send();
  });
}
