import type { RunningServer } from '../../server/main.ts';
import { renderPage } from '../output/table.ts';

/** The one JSON line of `up --json`. Programs read it, so its names stay. */
export function serverLine(server: RunningServer): string {
  const { url, consoleUrl, privateUrl, managementUrl, accountId, resourceGroupId, region, dataDir, apiKey, apiKeyFile } = server;
  return `${JSON.stringify({
    url,
    console_url: consoleUrl,
    ...(privateUrl !== undefined && { private_url: privateUrl }),
    management_url: managementUrl,
    account_id: accountId,
    resource_group_id: resourceGroupId,
    region,
    data_dir: dataDir,
    ...(apiKey !== undefined && { api_key: apiKey }),
    ...(apiKeyFile !== undefined && { api_key_file: apiKeyFile }),
  })}\n`;
}

/** Where the server is and where its key is, for people. A key itself is never printed. */
export function serverPage(server: RunningServer, isDev: boolean): string {
  const keyFile = isDev ? `${server.dataDir}/dev-api-key` : server.apiKeyFile;
  return renderPage([
    ['Rootward', server.url],
    ['Console', server.consoleUrl],
    ...(server.privateUrl === undefined ? [] : ([['Private network', server.privateUrl]] as const)),
    ['Health and metrics', server.managementUrl],
    ['Account', server.accountId],
    ['Data', server.dataDir],
    ['API key', keyFile === undefined ? 'made at the first start' : `in ${keyFile}`],
    ...(!isDev && keyFile !== undefined ? ([['Note', 'keep the API key elsewhere, then delete its file']] as const) : []),
    ...(isDev ? ([['Note', '--dev keeps the seal beside the data: not for real keys']] as const) : []),
  ]);
}
