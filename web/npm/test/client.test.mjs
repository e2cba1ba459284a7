// mockauth0/client: every operation of the OpenAPI document has its verb, which asks a running tenant for it; and its types.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readOperations, type, verbs } from '../generate.mjs';
import { npmDir, project, root } from './project.mjs';

const document = join(root, 'mockauth0/internal/control/openapi.yaml');
let at, tenant, mock, ControlError;

before(async () => {
  at = project();
  const require = createRequire(join(at.dir, 'package.json'));
  const { start } = require('mockauth0');
  const client = require('mockauth0/client');
  ControlError = client.ControlError;
  tenant = await start({ domain: 'http://localhost', listen: '127.0.0.1:0', http: true, dataDir: join(at.dir, 'data') });
  // The domain has no port, so that it is asked where it listens.
  mock = client.createClient({ url: `http://${tenant.listen}` });
});
after(async () => {
  await tenant?.stop();
  at?.remove();
});

test('the document that the tenant serves is the one that the client is made from', async () => {
  const served = await mock.describe();
  const said = Object.entries(served.paths).flatMap(([path, item]) => Object.keys(item).filter((key) => item[key].operationId).map((method) => `${method} ${path}`));
  assert.deepEqual(said.sort(), readOperations(document).operations.map(({ method, path }) => `${method.toLowerCase()} ${path}`).sort());
});

test('every operation has a verb that reaches it', async () => {
  for (const verb of verbs(readOperations(document).operations)) {
    assert.equal(typeof mock[verb.name], 'function', `there is no verb ${verb.name}`);
    const controller = new AbortController();
    const args = [...verb.inPath.map(() => 'nobody'), ...(verb.body ? [{ unknown_member: true }] : [])];
    const asked = { signal: controller.signal };
    for (const parameter of verb.asked) if (parameter.required) asked[parameter.name] = 'nobody';
    if (verb.asked.some((parameter) => parameter.name === 'timeout')) asked.timeout = '1ms';
    try {
      if (verb.stream) {
        const first = mock[verb.name](...args, asked)[Symbol.asyncIterator]().next();
        setTimeout(() => controller.abort(), 50);
        await first;
      } else await mock[verb.name](...args, asked);
    } catch (error) {
      // Refused for what was asked, and not because there is nothing at this path or no such method.
      if (error instanceof ControlError) {
        assert.ok([400, 404, 408, 409, 422].includes(error.status), `${verb.name}: ${error.message}`);
        assert.doesNotMatch(error.message, /no such endpoint|method/i, verb.name);
      } else assert.match(String(error), /abort/i, `${verb.name}: ${error.stack}`);
    }
  }
});

test('what verbs take and give', async () => {
  await mock.reset();
  const fault = await mock.armFault({ when: { prompt: 'none' }, times: 1, do: { error: 'login_required' } });
  assert.equal((await mock.listFaults()).faults[0].id, fault.id);
  assert.equal((await mock.disarmFault(fault.id)).removed, 1);
  const { now, offset_ms: offset } = await mock.request('POST', 'clock', { advance: '2h' });
  assert.equal(offset, 7_200_000);
  assert.ok(Date.parse(now) > Date.now());
  const { events } = await mock.listEvents({ kind: 'clock' });
  assert.equal(events.at(-1).details.offset_ms, offset);
  assert.equal((await mock.changeUser('ada@example.test', { blocked: true })).blocked, true);
  await mock.reset();
  const stream = mock.streamEvents()[Symbol.asyncIterator]();
  await mock.moveClock({ advance: '1m' });
  let event;
  do ({ value: event } = await stream.next()); while (event.kind !== 'clock' || event.details.offset_ms !== 60_000);
  await stream.return();
});

test('a refusal says what to do', async () => {
  await assert.rejects(mock.moveClock({ advance: 'soon' }), (error) => {
    assert.ok(error instanceof ControlError);
    assert.equal(error.status, 400);
    assert.match(error.message, /^mockauth0: POST \/__mock\/v1\/clock: 400 invalid_request: .*soon/);
    return true;
  });
  await assert.rejects(mock.changeUser(), /needs user/);
  await assert.rejects(mock.listEvents({ nothing: 'such' }), /nothing/);
});

test('where nothing answers', async () => {
  const { createClient } = createRequire(join(at.dir, 'package.json'))('mockauth0/client');
  await assert.rejects(createClient({ url: 'http://127.0.0.1:9' }).showClock(), /nothing answers at http:\/\/127\.0\.0\.1:9/);
});

test('types', () => {
  copyFileSync(join(npmDir, 'test/types.ts'), join(at.dir, 'types.ts'));
  writeFileSync(join(at.dir, 'tsconfig.json'), JSON.stringify({
    compilerOptions: {
      strict: true, noEmit: true, module: 'nodenext', target: 'es2022', types: ['node'], typeRoots: [join(npmDir, 'node_modules/@types')],
      paths: { '@playwright/test': [join(npmDir, 'node_modules/@playwright/test')] },
    }, files: ['types.ts'],
  }));
  try {
    execFileSync(process.execPath, [join(npmDir, 'node_modules/typescript/bin/tsc'), '-p', at.dir], { stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    assert.fail(error.stdout);
  }
});

test('a schema as TypeScript', () => {
  for (const [schema, want] of [
    [{ type: 'string' }, 'string'], [{ type: ['integer', 'null'] }, 'number | null'], [{ enum: ['a', 'b'] }, '"a" | "b"'],
    [{ type: 'array', items: { $ref: '#/components/schemas/X' } }, 'Array<X>'], [{ type: 'object' }, 'Record<string, unknown>'],
    [{ type: 'object', additionalProperties: false }, 'Record<string, never>'], [{ oneOf: [{ type: 'string' }, { const: 1 }] }, '(string | 1)'],
    [{ type: 'object', required: ['a'], properties: { a: { type: 'string' }, 'b-c': { type: 'boolean', description: 'said' } } },
      '{\n  a: string;\n  /** said */\n  "b-c"?: boolean;\n}'],
  ]) assert.equal(type(schema), want);
});
