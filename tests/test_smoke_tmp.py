from projects.services import create_project, change_status, update_project, create_activity, move_activity
from core.tenancy import organization_scope, scope, Scope
from projects.models import Project
from events.models import Event
def test_it(alice, acme, program, charlie, other):
    p=create_project(actor=alice, organization=acme, program=program, name="X")
    print(p.code)
    p=update_project(actor=alice, project=p, name="Y", expected_version=1)
    a=create_activity(actor=alice, project=p, name="a"); b=create_activity(actor=alice, project=p, name="b")
    move_activity(actor=alice, activity=b, direction="indent")
    print([(e.kind,e.changes) for e in Event.objects.all()])
    with organization_scope(other):
        assert Project.objects.count()==0
    with scope(Scope()):
        assert Project.objects.count()==0
    assert Project.objects.count()==1
