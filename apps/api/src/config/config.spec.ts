import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

describe('readConfig', () => {
  it('has a default for everything', () => {
    const config = readConfig({ HOME: '/home/x' });
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      databaseUrl: null,
      operations: { atOnce: 3, waiting: 200, silenceSeconds: 300 },
    });
  });

  it('names all that is wrong at once, and no value', () => {
    const wrong = {
      WAYBILL_PORT: 'abc',
      WAYBILL_DATABASE_URL: 'mysql://secret@x',
      WAYBILL_PROT: '1',
      WAYBILL_ADMIN_USERNAME: 'anna',
    };
    expect(() => readConfig(wrong)).toThrow(
      /WAYBILL_PORT[\s\S]*WAYBILL_DATABASE_URL[\s\S]*WAYBILL_PROT[\s\S]*WAYBILL_ADMIN_PASSWORD/,
    );
    expect(() => readConfig(wrong)).not.toThrow(/secret/);
  });

  it('takes an empty variable as not set', () => {
    expect(readConfig({ WAYBILL_PUBLIC_URL: '', WAYBILL_PORT: '' }).port).toBe(8080);
  });
});
