import { describe, expect, it } from '@jest/globals';
import { Encoder, readPacket } from './thrifty-parser.ts';

describe('readPacket', () => {
  it('reads the place of a room’s message and leaves its text as it is', () => {
    const rest = '["operation",{"room":"operation:x","epoch":"e","seq":12,"event":{"type":"lines"}}]';
    expect(readPacket(`2/live,${rest}`)).toEqual({
      type: 2,
      nsp: '/live',
      data: ['operation', { room: 'operation:x', epoch: 'e', seq: 12, text: rest }],
    });
  });

  it('reads everything else whole', () => {
    expect(readPacket('0/live,{"sid":"s"}')).toEqual({ type: 0, nsp: '/live', data: { sid: 's' } });
    expect(readPacket('3/live,7[{"ok":true}]')).toEqual({ type: 3, nsp: '/live', id: 7, data: [{ ok: true }] });
    expect(readPacket('2["ended","rights_changed"]')).toEqual({ type: 2, nsp: '/', data: ['ended', 'rights_changed'] });
    expect(() => readPacket('')).toThrow(SyntaxError);
  });

  it('reads what Encoder writes', () => {
    const packet = { type: 2, nsp: '/live', id: 3, data: ['operation:join', 'id'] };
    expect(new Encoder().encode(packet).map(readPacket)).toEqual([packet]);
  });
});
