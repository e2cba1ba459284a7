// Makes the client of the control API from its OpenAPI document: operations.js, what each operation asks for, and api.d.ts, its types.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
const JSON_TYPE = 'application/json', STREAM = 'text/event-stream';
// What each event of a stream holds: OpenAPI 3.1 has no word for it.
const STREAMED = { followClock: 'ClockStanding', listEvents: 'Event' };

/** readOperations lists the operations of the document. */
export function readOperations(file) {
  const document = parse(readFileSync(file, 'utf8'));
  const resolve = (value) => (value?.$ref ? value.$ref.split('/').slice(1).reduce((at, key) => at[key.replace(/~1/g, '/').replace(/~0/g, '~')], document) : value);
  const operations = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const operation = item[method];
      const parameters = [...item.parameters ?? [], ...operation.parameters ?? []].map(resolve);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => parameters.find((p) => p.in === 'path' && p.name === name) ?? { name, schema: { type: 'string' } });
      const answer = Object.entries(operation.responses).map(([status, response]) => [status, resolve(response)]).find(([status]) => status.startsWith('2'));
      if (!operation.operationId || !answer) throw new Error(`${method} ${path} has no operationId, or no answer`);
      const body = resolve(operation.requestBody);
      operations.push({
        id: operation.operationId, method: method.toUpperCase(), path, summary: operation.summary, description: operation.description,
        inPath, asked: parameters.filter((p) => p.in === 'query' || p.in === 'header' && p.name !== 'Last-Event-ID'),
        body: body && { schema: body.content[JSON_TYPE]?.schema, required: body.required === true }, content: answer[1].content ?? {},
      });
    }
  }
  return { document, operations };
}

export function generate(file, into) {
  const { document, operations } = readOperations(file);
  writeFileSync(join(into, 'lib/operations.js'), table(operations));
  writeFileSync(join(into, 'api.d.ts'), declarations(document, operations));
}

/** verbs are the methods of the client: one for each operation, and another where it can be a stream too. */
export function verbs(operations) {
  return operations.flatMap((o) => {
    const stream = o.content[STREAM], json = o.content[JSON_TYPE];
    if (!stream) return [{ ...o, name: o.id }];
    if (!json) return [{ ...o, name: o.id, stream: true }];
    return [{ ...o, name: o.id }, { ...o, name: o.id.replace(/^list/, 'stream'), stream: true, summary: `${o.summary}: a stream that goes on` }];
  });
}

function table(operations) {
  const rows = verbs(operations).map(({ name, method, path, inPath, body, asked, stream }) => `  ${name}: ${JSON.stringify({
    method, path, inPath: inPath.map((p) => p.name), body: Boolean(body),
    query: asked.filter((p) => p.in === 'query').map((p) => p.name), headers: asked.filter((p) => p.in === 'header').map((p) => p.name), stream,
  })},`);
  return `'use strict';\n// Made from the OpenAPI document of the control API.\nmodule.exports = {\n${rows.join('\n')}\n};\n`;
}

function declarations(document, operations) {
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => declare(name, schema));
  const methods = verbs(operations).map(method);
  return `// Made from the OpenAPI document of the control API.\n\n${schemas.join('\n')}
/** One method for each operation of the control API. */
export interface Operations {\n${methods.join('\n')}}\n`;
}

function method(o) {
  const given = o.inPath.map((p) => `${p.name}: ${type(p.schema)}`);
  if (o.body) given.push(`body${o.body.required ? '' : '?'}: ${o.body.schema ? type(o.body.schema) : 'unknown'}`);
  const asked = [...o.asked.map((p) => `${comment(p.description, '')}${key(p.name)}${p.required ? '' : '?'}: ${type(p.schema)}`), 'signal?: AbortSignal'];
  given.push(`options${o.asked.some((p) => p.required) ? '' : '?'}: { ${asked.join('; ')} }`);
  const answer = o.stream ? `AsyncIterable<${STREAMED[o.id] ?? 'unknown'}>`
    : `Promise<${o.content[JSON_TYPE] ? type(o.content[JSON_TYPE].schema) : Object.keys(o.content).length > 0 ? 'string' : 'void'}>`;
  const said = [`${o.summary}. \`${o.method} ${o.path.replace('/__mock/v1', '')}\``, o.description].filter(Boolean).join('\n');
  return `${comment(said, '  ')}  ${o.name}(${given.join(', ')}): ${answer};\n`;
}

function declare(name, schema) {
  const said = comment(schema.description, '');
  if (schema.type === 'object' && schema.properties && !schema.oneOf && !schema.anyOf && !schema.allOf) return `${said}export interface ${name} ${type(schema)}\n`;
  return `${said}export type ${name} = ${type(schema)};\n`;
}

/** type writes a JSON schema as TypeScript. */
export function type(schema) {
  if (schema === true || schema === undefined) return 'unknown';
  if (schema.$ref) return schema.$ref.split('/').pop();
  const parts = [];
  for (const word of ['oneOf', 'anyOf']) {
    if (schema[word]) parts.push(`(${schema[word].map(type).join(' | ')})`);
  }
  if (schema.allOf) parts.push(...schema.allOf.map(type));
  const own = plain(schema);
  if (own !== 'unknown') parts.unshift(own);
  return parts.length > 0 ? parts.join(' & ') : 'unknown';
}

function plain(schema) {
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(schema.type)) return schema.type.map((each) => plain({ ...schema, type: each })).join(' | ');
  switch (schema.type ?? (schema.properties ? 'object' : undefined)) {
    case 'string': return 'string';
    case 'integer': case 'number': return 'number';
    case 'boolean': return 'boolean';
    case 'null': return 'null';
    case 'array': return `Array<${type(schema.items)}>`;
    case 'object': return object(schema);
    default: return 'unknown';
  }
}

function object(schema) {
  const members = Object.entries(schema.properties ?? {}).map(([name, value]) =>
    `${comment(value.description, '  ')}  ${key(name)}${schema.required?.includes(name) ? '' : '?'}: ${type(value)};\n`);
  const more = schema.additionalProperties;
  if (members.length === 0) return more === false ? 'Record<string, never>' : `Record<string, ${more && more !== true ? type(more) : 'unknown'}>`;
  if (more) members.push(`  [name: string]: unknown;\n`);
  return `{\n${members.join('')}}`;
}

function key(name) { return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name); }

function comment(text, indent) {
  return text ? `${indent}/** ${text.trim().replace(/\*\//g, '*\\/').replace(/\n/g, `\n${indent} * `)} */${indent ? '\n' : ' '}` : '';
}
