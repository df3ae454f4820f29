// Who may come in: the user pool (e-mail, Google when configured), the identity pool, the one role people get, and the owners' own.
import {
  Aws,
  CfnDynamicReference,
  CfnDynamicReferenceService,
  Duration,
  RemovalPolicy,
  SecretValue,
  Validations,
} from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { MEMBERS_GROUP, OWNERS_GROUP } from '../src/schema/groups.ts';
import { INVITATION_DAYS } from '../src/schema/user-pool.ts';
import { memberPolicy, ownerPolicy, type Arns, type PolicyDocument } from './policies.ts';
import type { Google } from './settings-parts.ts';
import { keepingOf, type Settings } from './settings.ts';
import { acknowledgeWildcards } from './stack-acknowledge.ts';

/** A part of an S3 key that is the caller's own identity id. */
const OWN = '/${cognito-identity.amazonaws.com:sub}/';

const signInPrefix = (stackName: string): string => `${stackName.toLowerCase()}-${Aws.ACCOUNT_ID}`;

/** Known before the user pool exists, for the content security policy. */
export const signInUrl = (stackName: string): string =>
  `https://${signInPrefix(stackName)}.auth.${Aws.REGION}.amazoncognito.com`;

/**
 * CloudFormation reads it when it deploys, and the template has only its name. Of SSM it takes a parameter of type String: a
 * SecureString is for a few other resources.
 */
const secretOf = (google: Google): SecretValue =>
  'secretName' in google
    ? SecretValue.secretsManager(google.secretName)
    : SecretValue.cfnDynamicReference(
        new CfnDynamicReference(CfnDynamicReferenceService.SSM, google.secretParameter),
      );

export interface SignInProps {
  settings: Settings;
  /** The page's origin, without a slash at the end. */
  origin: string;
  arns: Arns;
}

export class SignIn extends Construct {
  readonly userPool: cognito.UserPool;
  readonly client: cognito.UserPoolClient;
  readonly identityPool: cognito.CfnIdentityPool;
  /** In which owners say who is let in. */
  readonly ownersRole: iam.Role;

  constructor(scope: Construct, id: string, { settings, origin, arns }: SignInProps) {
    super(scope, id);
    this.userPool = this.#userPool(settings.stackName, origin);
    this.client = this.#client(origin, settings.google);
    this.identityPool = new cognito.CfnIdentityPool(this, 'IdentityPool', {
      allowUnauthenticatedIdentities: false,
      // The classic flow would let a token choose among all roles that trust the pool.
      allowClassicFlow: false,
      cognitoIdentityProviders: [
        {
          clientId: this.client.userPoolClientId,
          providerName: this.userPool.userPoolProviderName,
          serverSideTokenCheck: true,
        },
      ],
    });
    // Losing the pool would orphan every S3 prefix and partition: they are named by its identity ids.
    this.identityPool.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const signedIn = new iam.FederatedPrincipal(
      'cognito-identity.amazonaws.com',
      {
        StringEquals: { 'cognito-identity.amazonaws.com:aud': this.identityPool.ref },
        'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
      },
      'sts:AssumeRoleWithWebIdentity',
    );
    this.#members(signedIn, memberPolicy(arns, keepingOf(settings)));
    this.ownersRole = this.#owners(signedIn);
    this.#nobody(signedIn);
  }

  #userPool(stackName: string, origin: string): cognito.UserPool {
    const pool = new cognito.UserPool(this, 'UserPool', {
      featurePlan: cognito.FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      keepOriginal: { email: true },
      // Mutable, because every sign-in with Google writes it anew.
      standardAttributes: {
        email: { required: true, mutable: true },
        fullname: { required: false, mutable: true },
      },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(INVITATION_DAYS),
      },
      userInvitation: {
        emailSubject: 'You are invited to Shoebox',
        emailBody: [
          `<p>You are invited to keep your photos in Shoebox, a library that somebody you know runs: <a href="${origin}/">${origin}/</a></p>`,
          '<p>Sign in as <b>{username}</b> with this password, and choose one of your own there: <b>{####}</b></p>',
          `<p>The password is good for ${INVITATION_DAYS} days. If you did not expect this, there is nothing to do.</p>`,
        ].join(''),
      },
      mfa: cognito.Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: signInPrefix(stackName) },
      managedLoginVersion: cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    Validations.of(pool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason:
          'A second factor is offered to everyone and left to the person; with Google sign-in it is Google that asks for it.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason:
          'The Plus plan is priced per person and month. Nobody can sign up by themselves, and a password needs 12 characters.',
      },
    );
    return pool;
  }

  #client(origin: string, google: Settings['google']): cognito.UserPoolClient {
    const client = this.userPool.addClient('Page', {
      generateSecret: false,
      // An empty list would turn on Cognito's default, which has SRP: its tokens carry a scope that may edit one's own attributes.
      // Custom sign-in needs Lambda triggers, of which there are none, so that only the sign-in pages remain. (With rotation
      // Cognito refuses ALLOW_REFRESH_TOKEN_AUTH; the token endpoint renews.) By password signs in nobody but who has rights in this account:
      // `npm run doctor` does, for people that it has made itself.
      authFlows: { custom: true, adminUserPassword: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL, cognito.OAuthScope.PROFILE],
        callbackUrls: [`${origin}/`],
        logoutUrls: [`${origin}/`],
      },
      supportedIdentityProviders: [
        cognito.UserPoolClientIdentityProvider.COGNITO,
        ...(google ? [cognito.UserPoolClientIdentityProvider.GOOGLE] : []),
      ],
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
      idTokenValidity: Duration.minutes(60),
      accessTokenValidity: Duration.minutes(60),
      refreshTokenValidity: Duration.days(30),
      // Two tabs that renew at the same moment both succeed.
      refreshTokenRotationGracePeriod: Duration.seconds(60),
    });
    if (google) client.node.addDependency(this.#google(google));
    // The newer sign-in pages are not shown to a client without a style.
    new cognito.CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: this.userPool.userPoolId,
      clientId: client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    return client;
  }

  #google(google: NonNullable<Settings['google']>): Construct {
    return new cognito.UserPoolIdentityProviderGoogle(this, 'Google', {
      userPool: this.userPool,
      clientId: google.clientId,
      clientSecretValue: secretOf(google),
      scopes: ['openid', 'email', 'profile'],
      attributeMapping: {
        email: cognito.ProviderAttribute.GOOGLE_EMAIL,
        emailVerified: cognito.ProviderAttribute.GOOGLE_EMAIL_VERIFIED,
        fullname: cognito.ProviderAttribute.GOOGLE_NAME,
      },
    });
  }

  #members(signedIn: iam.IPrincipal, policy: PolicyDocument): void {
    const member = new iam.Role(this, 'MemberRole', {
      description: 'A signed-in person of the group "members"',
      assumedBy: signedIn,
      inlinePolicies: { Member: iam.PolicyDocument.fromJson(policy) },
    });
    acknowledgeWildcards(member, policy, (resource) => {
      if (resource.includes(OWN)) return 'It ends a prefix that is pinned to the identity id of the caller.';
      if (resource.endsWith('/shares/friends/*/*')) {
        return 'Readable by whoever was given the unguessable id of a share; nobody may list others’ shares.';
      }
      return undefined;
    });
    new cognito.CfnUserPoolGroup(this, 'Members', {
      userPoolId: this.userPool.userPoolId,
      groupName: MEMBERS_GROUP,
      description: 'People who may use this Shoebox',
      roleArn: member.roleArn,
      // The role that people of both groups get, unless they ask for the other.
      precedence: 1,
    });
  }

  #owners(signedIn: iam.IPrincipal): iam.Role {
    const owner = new iam.Role(this, 'OwnerRole', {
      description: 'A signed-in person of the group "owners", while they look after people',
      assumedBy: signedIn,
      inlinePolicies: { Owner: iam.PolicyDocument.fromJson(ownerPolicy(this.userPool.userPoolArn)) },
    });
    new cognito.CfnUserPoolGroup(this, 'Owners', {
      userPoolId: this.userPool.userPoolId,
      groupName: OWNERS_GROUP,
      description: 'People who say who may use this Shoebox',
      roleArn: owner.roleArn,
      precedence: 2,
    });
    return owner;
  }

  #nobody(signedIn: iam.IPrincipal): void {
    // The API wants a default role where a mapping is set; thanks to Deny nobody reaches it, and it may do nothing.
    const nobody = new iam.Role(this, 'NobodyRole', {
      description: 'Default of the identity pool: may do nothing',
      assumedBy: signedIn,
    });
    new cognito.CfnIdentityPoolRoleAttachment(this, 'RoleAttachment', {
      identityPoolId: this.identityPool.ref,
      roles: { authenticated: nobody.roleArn },
      roleMappings: {
        userPool: {
          identityProvider: `${this.userPool.userPoolProviderName}:${this.client.userPoolClientId}`,
          type: 'Token',
          ambiguousRoleResolution: 'Deny',
        },
      },
    });
  }
}
