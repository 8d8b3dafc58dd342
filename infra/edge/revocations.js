// CloudFront Function, viewer request, of everything that signed policies guard.
//
// CloudFront has verified that one of our keys signed the policy, and when and what it allows. This looks at it a
// second time: it must read exactly as ours do, be for the very film that is asked for, and be on no list of what
// was revoked. The store holds, under the session's, the viewer's and the film's name, the moment up to which
// sessions that end then are refused (marquee/domain/playback.py: names_of).
import cf from 'cloudfront';

const store = cf.kvs();

const POLICY =
    /^\{"Statement":\[\{"Resource":"https:\/\/[A-Za-z0-9.:-]+\/media\/([A-Za-z0-9_]+)\/(?:[0-9]+\/)?\*","Condition":\{"DateLessThan":\{"AWS:EpochTime":([0-9]+)\},"DateGreaterThan":\{"AWS:EpochTime":([0-9]+)\}(?:,"IpAddress":\{"AWS:SourceIp":"[0-9A-Fa-f.:\/]+"\})?\}\}\]\}$/;

const DENIED = {
    statusCode: 403,
    statusDescription: 'Forbidden',
    headers: { 'content-type': { value: 'application/xml' }, 'cache-control': { value: 'no-store' } },
    body: '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>',
};

// CloudFront goes by the address when that is signed, and only else by the cookies.
function policyIn(request) {
    const query = request.querystring;
    const signed = query['Policy'] || query['Signature'] || query['Expires'];
    const found = signed ? query['Policy'] : request.cookies['CloudFront-Policy'];
    // Of a name that comes twice, nobody can say which one CloudFront has verified.
    return found && !found.multiValue ? found.value : '';
}

function decoded(text) {
    try {
        return atob(text.replace(/-/g, '+').replace(/_/g, '=').replace(/~/g, '/'));
    } catch (error) {
        return '';
    }
}

// An address that a bucket could read in another way than the policy's pattern.
function isPlain(uri) {
    return uri.indexOf('%') < 0 && uri.indexOf('..') < 0 && uri.indexOf('//') < 0 && uri.indexOf('\\') < 0;
}

async function handler(event) {
    const request = event.request;
    const policy = POLICY.exec(decoded(policyIn(request)));
    if (policy === null || !isPlain(request.uri) || !request.uri.startsWith('/media/' + policy[1] + '/')) {
        return DENIED;
    }
    const asset = policy[1];
    const ends = Number(policy[2]);
    const viewer = Number(policy[3]);
    const names = ['session:' + viewer + ':' + ends + ':' + asset, 'viewer:' + viewer, 'asset:' + asset];
    for (let i = 0; i < names.length; i += 1) {
        if (await store.exists(names[i])) {
            if (ends <= Number(await store.get(names[i]))) {
                return DENIED;
            }
        }
    }
    return request;
}
