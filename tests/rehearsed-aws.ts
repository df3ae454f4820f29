// An account for rehearsals of deploying: CloudFormation that takes what it is given, an S3 that keeps it, and who one is. It knows no
// resources: what a stack would make of its template is not looked at here.
import {
  AwsStandIn,
  json,
  jsonError,
  missingStack,
  stacksXml,
  xml,
  xmlError,
  type Answer,
  type Asked,
} from './aws-stand-in.ts';

const ACCOUNT = '111111111111';
const REGION = 'us-east-1';
const ASSETS = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;

interface Stored {
  body: string;
  headers: Record<string, string>;
  modified: number;
}

export class RehearsedAws {
  readonly aws = new AwsStandIn();
  /** By name, with its template. */
  readonly stacks = new Map<string, string>();
  /** By S3 bucket and key. */
  readonly objects = new Map<string, Stored>();
  readonly #parameters = new Map([['/cdk-bootstrap/hnb659fds/version', '21']]);
  /** What a change set would make of a stack. */
  #planned: { name: string; template: string } | undefined;
  readonly #outputs: Record<string, string>;

  constructor(outputs: Record<string, string>) {
    this.#outputs = outputs;
    this.aws.otherwise((asked) => this.#answer(asked));
  }

  #answer(asked: Asked): Answer | undefined {
    const [service = ''] = asked.name.split(':');
    if (service === 'ssm') return this.#ssm(asked);
    if (service === 'sts') return this.#sts(asked);
    if (service === 'cloudformation') return this.#cloudformation(asked);
    return service === 's3' ? this.#s3(asked) : undefined;
  }

  #ssm({ name, fields }: Asked): Answer | undefined {
    const Name = String(fields['Name']);
    if (name === 'ssm:PutParameter') {
      this.#parameters.set(Name, String(fields['Value']));
      return json({ Version: 1 });
    }
    if (name === 'ssm:DeleteParameter')
      return this.#parameters.delete(Name) ? json({}) : jsonError('ParameterNotFound');
    const Value = this.#parameters.get(Name);
    const ARN = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${Name}`;
    if (name !== 'ssm:GetParameter') return undefined;
    return Value === undefined
      ? jsonError('ParameterNotFound')
      : json({ Parameter: { Name, Value, ARN, Type: 'String' } });
  }

  #sts({ name }: Asked): Answer | undefined {
    const action = name.slice('sts:'.length);
    const known: Record<string, string> = {
      GetCallerIdentity: `<Arn>arn:aws:iam::${ACCOUNT}:user/me</Arn><UserId>me</UserId><Account>${ACCOUNT}</Account>`,
      AssumeRole:
        '<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>',
    };
    const result = known[action];
    if (result === undefined) return undefined;
    return xml(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
  }

  #cloudformation({ name, fields }: Asked): Answer | undefined {
    const action = name.slice('cloudformation:'.length);
    const stack = nameOf(String(fields['StackName']));
    const arn = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stack}/1`;
    const answer = (result: string) =>
      xml(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
    const template = this.stacks.get(stack);
    switch (action) {
      case 'DescribeStacks': {
        if (template !== undefined)
          return stacksXml({ status: 'UPDATE_COMPLETE', outputs: this.#outputs, arn });
        return this.#planned?.name === stack
          ? stacksXml({ status: 'REVIEW_IN_PROGRESS', arn })
          : missingStack(stack);
      }
      case 'GetTemplate': {
        const known = template ?? (this.#planned?.name === stack ? '{}' : undefined);
        return known === undefined
          ? missingStack(stack)
          : answer(`<TemplateBody>${known.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</TemplateBody>`);
      }
      case 'CreateChangeSet': {
        const { pathname } = new URL(String(fields['TemplateURL']));
        this.#planned = { name: stack, template: this.objects.get(pathname)?.body ?? '' };
        return answer(
          `<Id>arn:aws:cloudformation:${REGION}:${ACCOUNT}:changeSet/c/1</Id><StackId>${arn}</StackId>`,
        );
      }
      case 'DescribeChangeSet':
        if (!this.#planned) return xmlError('ChangeSetNotFound', 'ChangeSet [c] does not exist', 404);
        return answer(
          `<ChangeSetName>c</ChangeSetName><StackId>${arn}</StackId><StackName>${stack}</StackName><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus><Changes><member><Type>Resource</Type></member></Changes>`,
        );
      case 'ExecuteChangeSet':
        if (this.#planned) this.stacks.set(this.#planned.name, this.#planned.template);
        this.#planned = undefined;
        return answer('');
      case 'DeleteChangeSet':
        this.#planned = undefined;
        return answer('');
      case 'DescribeStackEvents':
        return answer('<StackEvents/>');
      case 'ListStackResources':
        return answer(
          '<StackResourceSummaries><member><ResourceType>AWS::S3::Bucket</ResourceType><LogicalResourceId>SiteBucket</LogicalResourceId><PhysicalResourceId>site</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member></StackResourceSummaries>',
        );
      case 'DeleteStack':
        this.stacks.delete(stack);
        return answer('');
      default:
        return undefined;
    }
  }

  #s3({ name, fields, body, headers }: Asked): Answer | undefined {
    const [, method = '', path = ''] = /^s3:(\w+) (.*)$/.exec(name) ?? [];
    const [object = '', kind] = path.split('?');
    const isBucket = object.split('/').length < 3;
    const below = [...this.objects.keys()].filter((key) => key.startsWith(`${object}/`));
    const keys = below.map((key) => key.slice(object.length + 1));
    if (path === '') return xml('<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>');
    if (method === 'GET' && isBucket && object.startsWith(`/${ASSETS}`)) return xml('<ListBucketResult/>');
    if (method === 'GET' && kind === 'versions') {
      return xml(
        `<ListVersionsResult>${keys.map((key) => `<Version><Key>${key}</Key><VersionId>null</VersionId></Version>`).join('')}</ListVersionsResult>`,
      );
    }
    if (method === 'GET' && kind === 'uploads') return xml('<ListMultipartUploadsResult/>');
    if (method === 'GET' && isBucket) {
      return xml(
        `<ListBucketResult>${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`,
      );
    }
    if (method === 'POST' && kind === 'delete') {
      for (const key of keys) if (body.includes(`<Key>${key}</Key>`)) this.objects.delete(`${object}/${key}`);
      return xml('<DeleteResult/>');
    }
    if (method === 'POST') {
      return xml(
        kind === 'uploads'
          ? '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>'
          : '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>',
      );
    }
    if (method === 'PUT') {
      const kept = Object.entries(headers).filter(([header]) =>
        /^(?:content-type|cache-control|x-amz-meta-)/.test(header),
      );
      // The time of a rehearsal's run: later than anything that is there.
      this.objects.set(object, {
        body,
        headers: Object.fromEntries(kept) as Record<string, string>,
        modified: Date.now(),
      });
      const copied = headers['x-amz-copy-source']
        ? '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>'
        : '';
      return { headers: { etag: `"${fields['partNumber'] ?? 'e'}"` }, body: copied };
    }
    if (method === 'HEAD') {
      const found = this.objects.get(object);
      return found
        ? { headers: { ...found.headers, 'last-modified': new Date(found.modified).toUTCString() } }
        : { status: 404 };
    }
    if (method === 'DELETE') {
      this.objects.delete(object);
      return { status: 204 };
    }
    return undefined;
  }
}

/** A stack is named, or by its ARN. */
const nameOf = (stack: string): string => /^arn:.*:stack\/([^/]+)\//.exec(stack)?.[1] ?? stack;
