import { describe, expect, it } from '@jest/globals';
import { hasTokenInUrl, presentedIn } from './presented.js';

describe('presentedIn', () => {
  it('reads a bearer token, and a session out of several cookies', () => {
    expect(presentedIn({ authorization: 'bearer  wbt_abc ' })).toEqual({ kind: 'token', secret: 'wbt_abc' });
    expect(presentedIn({ cookie: 'theme=dark; waybill_session=s3-cr_t; x=y' })).toEqual({
      kind: 'session',
      secret: 's3-cr_t',
    });
    expect(presentedIn({ cookie: 'not_waybill_session=1' })).toBeNull();
    expect(presentedIn({})).toBeNull();
  });

  it('counts the token alone where both come, even an empty one', () => {
    expect(presentedIn({ authorization: 'Bearer wbt_x', cookie: 'waybill_session=s' })).toEqual({
      kind: 'token',
      secret: 'wbt_x',
    });
    expect(presentedIn({ authorization: 'Bearer', cookie: 'waybill_session=s' })).toEqual({
      kind: 'token',
      secret: '',
    });
  });

  it('passes over the login of a proxy before us', () => {
    expect(presentedIn({ authorization: 'Basic eDp5', cookie: 'waybill_session=s' })).toEqual({
      kind: 'session',
      secret: 's',
    });
  });
});

describe('hasTokenInUrl', () => {
  it.each([
    '/api/v1/x?token=1',
    '/api/v1/x?a=b&access_token=1',
    '/x?q=wbt_0123456789012345678901',
    '/x/wbt_0123456789012345678901',
    '/x?%74oken=1',
  ])('sees it in %s', (url) => expect(hasTokenInUrl(url)).toBe(true));

  it('leaves other addresses alone', () => {
    expect(hasTokenInUrl('/api/v1/tokens?cursor=x')).toBe(false);
    expect(hasTokenInUrl('/api/v1/engines/local/images/wbt_tools%3A1')).toBe(false);
  });
});
