// The least that Node can serve: what a start and a resting process cost before there is a product in it.
import { createServer } from 'node:http';

createServer((_request, response) => response.end('{}')).listen(Number(process.env['WAYBILL_PORT']), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
