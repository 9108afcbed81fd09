import json
def test_probe(api, project, program, portfolio, activity, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    for m, path, body in [("get","/api/v1/projects/",None),("get",f"/api/v1/projects/{project.pk}/",None),("post","/api/v1/projects/",{"name":"Zeus","program":program.pk}),
        ("patch",f"/api/v1/projects/{project.pk}/",{"name":"Y"}),("patch",f"/api/v1/projects/{project.pk}/",{"status":"done","nme":1}),("get","/api/v1/me/",None),("get","/api/v1/nope",None),("get","/api/v1/events/",None),("get",f"/api/v1/activities/?project={project.pk}",None),("delete",f"/api/v1/activities/{activity.pk}/",None),("get",f"/api/v1/projects/?portfolio={portfolio.pk}&status=active",None)]:
        with CaptureQueriesContext(connection) as q:
            r = api.send(m, path, body)
        print(m, path, r.status_code, len(q), dict(r.headers).get("ETag"), r.content[:1500].decode())
        for x in q.captured_queries: print("     ", x["sql"][:2000 if "post" in m else 150])
